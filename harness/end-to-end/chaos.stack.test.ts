/**
 * One fault, whole: injected into a run under load, proved to have bitten at its target and at the service, and mended.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { listResidue } from '../system/residue.ts';
import { plantedRun, reportsFolder, stateOfTheirOwn } from './runs.ts';

const state = stateOfTheirOwn();
afterAll(() => state[Symbol.dispose]());

test('the backends of a service under load are terminated: the fault bit, it healed, and the page shows it', async () => {
  using reports = reportsFolder();
  // As if a defect were planted, though none is: so it runs without its control, in half the time.
  const { run, folder } = await plantedRun('backends-terminated', {}, reports.folder);
  const [entry] = run.scenarios;
  expect(entry!.faults).toMatchObject([
    { id: 'backends-terminate', bite: 'bit', biteAtTarget: {}, biteAtService: {}, revertProved: true },
  ]);
  expect(entry!.criteria.find(({ id }) => id === 'faults-bit')).toMatchObject({ verdict: 'pass' });
  expect(entry!.checks.map(({ status }) => status)).not.toContain('violated');
  expect(readFileSync(path.join(folder, 'report.html'), 'utf8')).toContain(entry!.faults[0]!.title);
  expect(listResidue()).toEqual([]);
});
