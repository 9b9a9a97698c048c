import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { madeEntry, madeRun } from '../compare/recordings/runs.ts';
import type { ResumedRun } from './contexts.ts';
import type { RunRequest } from './request.ts';
import type { Plan, PlanEntry } from '../profile/plan.ts';
import type { RunResult, ScenarioResult } from '../result.ts';
import { smokeRequest } from './smoke-request.ts';
import { lackingEntries, lackingScenarios, readResumed, resumedRequest, revisionChange } from './resume.ts';

let reports = '';
beforeAll(() => {
  reports = mkdtempSync(path.join(os.tmpdir(), 'pgsurge-resume-'));
});
afterAll(() => rmSync(reports, { recursive: true, force: true }));

const saved = (
  name: string,
  state: ScenarioResult['state'],
  repeat = 1,
  scenarioHash = `hash-of-${name}`,
): ScenarioResult =>
  madeEntry({ entry: `${name}.healthy.${repeat}`, name, variant: 'healthy', repeat, state, scenarioHash });
const resumed = (...scenarios: ScenarioResult[]): ResumedRun => ({
  folder: '/reports/killed',
  run: madeRun({ id: 'killed', state: 'interrupted', scenarios }),
});
const planned = (entry: string): PlanEntry => ({ entry, scenarioHash: `hash-of-${entry.split('.')[0]}` }) as PlanEntry;
const plan = (...entries: string[]): Plan => ({ name: 'matrix', entries: entries.map(planned) }) as unknown as Plan;

test('only what was planned and still lacks is run: neither what is finished nor what was added since', () => {
  const run = resumed(
    saved('baseline', 'finished'),
    saved('2x', 'interrupted'),
    saved('5x', 'pending'),
    saved('2x', 'failed', 2),
  );
  const today = plan(
    'added.healthy.1',
    'baseline.healthy.1',
    '2x.healthy.1',
    '5x.healthy.1',
    'baseline.healthy.2',
    '2x.healthy.2',
  );
  expect(lackingEntries(today, run).map(({ entry }) => entry)).toEqual([
    '2x.healthy.1',
    '5x.healthy.1',
    '2x.healthy.2',
  ]);
  expect(lackingScenarios(run)).toEqual(['2x', '5x']);
});

test('a scenario that is gone or changed is one line of wrong use; if it was finished by then, nothing', () => {
  const gone = resumed(saved('was-removed', 'pending'), saved('baseline', 'pending'));
  expect(() => lackingScenarios(gone)).toThrow(
    /^killed cannot go on with was-removed\.healthy\.1: there is no scenario was-removed any more; pgsurge report killed/,
  );
  const changed = resumed(saved('baseline', 'pending', 1, 'of-another-day'));
  expect(() => lackingEntries(plan('baseline.healthy.1'), changed)).toThrow(
    /cannot go on with baseline\.healthy\.1: scenario baseline or scenarios\/lib changed since it began \(hash of-anoth, now hash-of-\)/,
  );
  expect(() => lackingEntries(plan('baseline.renamed.1'), changed)).toThrow(
    /scenario baseline plans no such entry any more/,
  );
  const over = resumed(saved('was-removed', 'finished'), saved('baseline', 'pending'));
  expect(lackingScenarios(over)).toEqual(['baseline']);
  expect(() => lackingEntries(plan('baseline.healthy.1'), over)).not.toThrow();
});

test('what was asked for then is asked for now; a run that lacks nothing is not resumed', () => {
  const write = (run: RunResult): void => {
    mkdirSync(path.join(reports, run.id), { recursive: true });
    writeFileSync(path.join(reports, run.id, 'run.json'), JSON.stringify(run));
  };
  const killed = madeRun({
    id: 'killed',
    state: 'running',
    seed: 7,
    scenarios: [saved('baseline', 'running')],
    plan: { scenarios: ['baseline'], variant: 'all', repeats: 3 },
  });
  write(killed);
  write(madeRun({ id: 'whole', scenarios: [saved('baseline', 'finished')] }));
  const request = (resume: string): RunRequest => smokeRequest({ resume, reports, scenarios: [], argv: [] });
  expect(resumedRequest(request('killed'), readResumed(request('killed')))).toMatchObject({
    scenarios: ['baseline'],
    repeats: 3,
    seed: 7,
    profile: killed.profile.name,
  });
  expect(() => readResumed(request('whole'))).toThrow(/whole has nothing left to run/);
  expect(() => readResumed({ ...request('killed'), scenarios: ['2x'] })).toThrow(/give it no scenarios/);
});

test('sources of another revision are said', () => {
  expect(revisionChange({ commit: 'a'.repeat(40), dirty: false }, { commit: 'a'.repeat(40), dirty: false })).toBeNull();
  expect(revisionChange({ commit: 'a'.repeat(40), dirty: false }, { commit: 'b'.repeat(40), dirty: true })).toBe(
    'this run began at aaaaaaaaaa and goes on at bbbbbbbbbb with changes: its entries are not all of one revision',
  );
});
