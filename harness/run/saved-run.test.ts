import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readRun } from '../archive/read-run.ts';
import type { ScenarioResult } from '../result.ts';
import { rereport } from './saved-run.ts';

const recorded = fileURLToPath(new URL('../archive/recordings/before-the-rename', import.meta.url));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'pgsurge-regrade-'));
  cpSync(recorded, folder, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const judgement = ({ entry, verdict, asExpected, reason, criteria, symptoms }: ScenarioResult): unknown => ({
  entry,
  verdict,
  asExpected,
  reason,
  criteria: criteria.map((one) => [one.id, one.verdict, one.value, one.count, one.measuredBy]),
  symptoms: symptoms.map(({ id, observed, value }) => [id, observed, value]),
});

test('a run that an older release saved opens, and comes to the same verdicts when it is judged anew', async () => {
  const { run: before } = readRun(folder);
  const after = await rereport(folder, before, true);
  expect(after.scenarios.map(judgement)).toEqual(before.scenarios.map(judgement));
  expect(after).toMatchObject({ verdict: before.verdict, regraded: true });
  expect(existsSync(path.join(folder, 'report.html'))).toBe(true);
});
