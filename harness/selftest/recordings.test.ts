/** What takes longer than CI has for it: today's judgement of the samples that a run of that mutation saved. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readRun } from '../archive/read-run.ts';
import { openRunFolder } from '../archive/run-folder.ts';
import type { ScenarioResult } from '../result.ts';
import { judgeSaved } from '../run/saved-run.ts';
import { loadMutations } from './selftest.ts';

const recordings = fileURLToPath(new URL('./recordings/', import.meta.url));
const recorded = readdirSync(recordings).filter((name) => !name.includes('.'));
const mutations = await loadMutations();

test('each that lasts over a minute has its recording, and no other', () => {
  expect(recorded).toEqual(
    mutations
      .filter(({ isLong }) => isLong === true)
      .map(({ id }) => id)
      .sort(),
  );
});

test.each(recorded)('%s is caught in what was recorded of it', async (id) => {
  const mutation = mutations.find((one) => one.id === id)!;
  const saved = readRun(id, recordings);
  const folder = openRunFolder(saved.folder);
  const scenarios: ScenarioResult[] = [];
  for (const facts of saved.run.scenarios)
    scenarios.push(await judgeSaved(folder, { ...saved.run, scenarios: [...scenarios, facts] }, facts));
  const entry = scenarios.find(({ name }) => name === mutation.scenario)!;
  expect(mutation.evidence(entry), entry.reason).not.toBeNull();
  const healthy = {
    ...entry,
    verdict: 'pass' as const,
    criteria: entry.criteria.map((one) => ({ ...one, verdict: 'pass' as const })),
  };
  expect(mutation.evidence(healthy)).toBeNull();
});
