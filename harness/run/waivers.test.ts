import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { madeCriterion, madeEntry, madeRun } from '../compare/recordings/runs.ts';
import { configFileIn, readConfig } from '../config/read-config.ts';
import { judgeRun } from '../grade/run-verdict.ts';
import { expectationOf } from '../grade/verdict.ts';
import { withWaivers } from '../grade/waivers.ts';
import { junitOf } from '../report/junit.ts';
import { indexPage } from '../report/pages/index-page.ts';
import { summaryOf } from '../report/summary.ts';
import type { RunResult, Waiver } from '../result.ts';
import { exitCodeOf } from './exit-code.ts';
import { readWaivers, waiversOf } from './waivers.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'pgsurge-waivers-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const write = (config: object): void => writeFileSync(path.join(folder, 'pgsurge.config.json'), JSON.stringify(config));

const ofFolder = async (): Promise<Waiver[]> => {
  const file = configFileIn(folder);
  return readWaivers(file === null ? null : await readConfig(file));
};

const waiver: Waiver = { criterion: 'api-p95', reason: 'the cache comes with 4.2', until: '2026-12-31' };

test('are read from the config of the folder; none where there is none', async () => {
  expect(await ofFolder()).toEqual([]);
  write({ waivers: [waiver] });
  expect(await ofFolder()).toEqual([waiver]);
});

test('one that names no criterion is refused, with the name that was meant', async () => {
  write({ waivers: [{ ...waiver, criterion: 'api-p59' }] });
  await expect(ofFolder()).rejects.toThrow('there is no criterion api-p59: did you mean api-p95?');
  write({ waivers: [{ ...waiver, until: 'soon' }] });
  await expect(ofFolder()).rejects.toThrow(/waivers\.0\.until is "soon"; it must be a day/);
});

/** A run of that day in which one criterion fails, judged with the waiver. */
const runOf = (day: string): RunResult => {
  const run = madeRun({ startedAt: `${day}T02:00:00Z`, waivers: [waiver] });
  const criteria = withWaivers([madeCriterion('api-p95', 'fail', 260)], waiversOf(run));
  return judgeRun({ ...run, scenarios: [madeEntry({ criteria, ...expectationOf('pass', criteria, []), grade: 'C' })] });
};

test('page, summary.md, JUnit, sentence and exit code agree that a failure is waived', async () => {
  const run = runOf('2026-12-31');
  expect(exitCodeOf(run)).toBe(0);
  expect(run.sentence).toMatch(/^Waived until 2026-12-31: Interactive requests stay fast: 260 ms/);
  expect(summaryOf(run)).toContain('**1 failure waived:** api-p95 until 2026-12-31 (the cache comes with 4.2)');
  const junit = junitOf(run);
  expect(junit).toContain('failures="0"');
  expect(junit).toMatch(/criterion api-p95"><skipped message="260 ms.*waived until 2026-12-31/);
  const page = await indexPage(run, () => 'x.html');
  expect(page).toContain('1 of 1 entry as expected, 1 failure waived');
  expect(page).toContain('accepted 1 failure');
});

test('and that it fails once the day is over', async () => {
  const run = runOf('2027-01-01');
  expect(exitCodeOf(run)).toBe(1);
  expect(run.sentence).toContain('(its waiver ended on 2026-12-31)');
  expect(summaryOf(run)).toContain('**No longer waived:** api-p95 until 2026-12-31');
  expect(junitOf(run)).toMatch(/criterion api-p95"><failure message="260 ms.*its waiver ended/);
  expect(await indexPage(run, () => 'x.html')).toContain('has ended: 1 failure counted again');
});
