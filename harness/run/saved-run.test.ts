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

/** Of the criteria that there were then; how each is worded may have changed since. */
const judgement = (
  { entry, verdict, asExpected, reason, criteria, symptoms }: ScenarioResult,
  known: readonly string[],
): unknown => ({
  entry,
  verdict,
  asExpected,
  reason,
  criteria: criteria
    .filter(({ id }) => known.includes(id))
    .map(({ id, verdict: of, value, count }) => [id, of, value, count]),
  symptoms: symptoms.map(({ id, observed, value }) => [id, observed, value]),
});

test('a run that an older release saved opens, and comes to the same verdicts when it is judged anew', async () => {
  const { run: before } = readRun(folder);
  const after = await rereport(folder, before, true);
  const known = before.scenarios.flatMap(({ criteria }) => criteria.map(({ id }) => id));
  const judgements = (scenarios: readonly ScenarioResult[]): unknown[] =>
    scenarios.map((scenario) => judgement(scenario, known));
  expect(judgements(after.scenarios)).toEqual(judgements(before.scenarios));
  expect(after).toMatchObject({ verdict: before.verdict, regraded: true });
  expect(existsSync(path.join(folder, 'report.html'))).toBe(true);
});
