import { expect, test } from 'vitest';
import type { RunResult, ScenarioResult } from '../../result.ts';
import { controlOf, controlSection } from './control.ts';

const entry = (over: Partial<ScenarioResult>): ScenarioResult =>
  ({
    entry: 'control.healthy.1',
    group: 'chaos',
    state: 'finished',
    verdict: 'pass',
    reason: 'all criteria met',
    repeat: 1,
    steps: [],
    faults: [],
    figures: { apiMsP95: 20, jobsDone: 40 },
    recovery: { firstSuccessSeconds: 0.2, lastErrorSeconds: 0, lastSlowTransactionSeconds: 0 },
    outcomes: { invoked: 100, ok: 100, fail: 0, unknown: 0, recovered: 0 },
    ...over,
  }) as ScenarioResult;
const start = {
  do: 'start',
  title: 'start of the service',
  atMs: 0,
  endMs: 10,
  ok: true,
} as ScenarioResult['steps'][number];
const broken = entry({
  entry: 'pooler-crash.healthy.1',
  faults: [{ id: 'pooler-crash' } as ScenarioResult['faults'][number]],
  figures: { apiMsP95: 310, jobsDone: 31 },
  recovery: { firstSuccessSeconds: 0.9, lastErrorSeconds: 1.4, lastSlowTransactionSeconds: null },
});
const run = (...scenarios: ScenarioResult[]): Pick<RunResult, 'scenarios'> => ({ scenarios });

test('the control of the same repeat is the entry of the run in which nothing was broken', () => {
  const [first, second] = [entry({ steps: [start] }), entry({ entry: 'control.healthy.2', repeat: 2 })];
  expect(controlOf(run(first, second, broken), broken)?.entry).toBe('control.healthy.1');
  expect(controlOf(run(first, second), { ...broken, repeat: 2 })?.entry).toBe('control.healthy.2');
  expect(controlOf(run(entry({ group: 'matrix' }), entry({ state: 'failed' }), broken), broken)).toBeNull();
  expect(controlOf(run(first), first)).toBeNull();
});

test('figures stand side by side, and an unknown one is a dash', () => {
  const page = controlSection(run(entry({}), broken), broken)!.html;
  expect(page).toMatch(/p95.*310.*20/s);
  expect(page).toMatch(/Last transaction of 1 s or more after it[^–]*–/s);
});

test('that there was no control is said, with how to get one; where nothing was broken nothing is said', () => {
  expect(controlSection(run(broken), { ...broken, name: 'pooler-crash' })!.html).toContain(
    'holds no control that finished, so what the fault did cannot be told from what the machine did: ' +
      '<code>pgsurge run pooler-crash</code>',
  );
  expect(controlSection(run(entry({})), entry({}))).toBeNull();
});

test('a control that did not pass is no yardstick, and says so', () => {
  expect(
    controlSection(run(entry({ verdict: 'pass', reason: 'all criteria met' }), broken), broken)!.html,
  ).not.toContain('did not pass');
  expect(
    controlSection(run(entry({ verdict: 'fail', reason: 'Waiting for a connection times out' }), broken), broken)!.html,
  ).toContain('The control itself did not pass (fail: Waiting for a connection times out)');
});
