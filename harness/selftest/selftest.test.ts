import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { resolveSettings } from '../../service/settings.ts';
import { plantInto } from '../run/plant.ts';
import type { CheckResult, CriterionResult, ScenarioResult } from '../result.ts';
import { loadCriteria } from '../grade/load-criteria.ts';
import { losing } from './losing-sink.ts';
import { failed, failedByStretch, unknown, untold, violated } from './proofs.ts';
import { exitCodeOf, lineOf, loadMutations, selectMutations, sentenceOf, type Trial } from './selftest.ts';
import { shortened, withFault } from './short-load.ts';

const mutations = await loadMutations();

const entry = (
  verdict: ScenarioResult['verdict'],
  { checks = [], criteria = [] }: { checks?: Partial<CheckResult>[]; criteria?: Partial<CriterionResult>[] } = {},
): ScenarioResult => ({ verdict, checks, criteria }) as ScenarioResult;
const lost: Partial<CheckResult> = {
  id: 'acknowledged-writes',
  invariant: 'I1',
  status: 'violated',
  reason: '3 missing',
  examples: ['notes: note-7 is missing'],
};

test('there is a positive control, each seeded bug of the service and each of the harness', () => {
  const of = (kind: string): string[] => mutations.filter((mutation) => mutation.kind === kind).map(({ id }) => id);
  expect(of('control')).toEqual(['synchronous-commit-off']);
  expect(of('service')).toEqual(
    expect.arrayContaining(['routes-moved', 'late-leak', 'slow-quarter-minute', 'no-state-guard', 'blind-retry']),
  );
  expect(of('harness')).toEqual(
    expect.arrayContaining(['silent-replica', 'hole-in-burst', 'half-export-lost', 'toxicity-zero', 'empty-ledger']),
  );
  for (const { plant } of mutations) expect(() => resolveSettings(plant.settings ?? {})).not.toThrow();
});

test('a violation of the named invariant is caught; another red, a green or an unknown is not', () => {
  const caught = violated('I1');
  expect(caught(entry('fail', { checks: [lost] }))).toBe('acknowledged-writes: 3 missing, as notes: note-7 is missing');
  expect(caught(entry('fail', { checks: [{ ...lost, invariant: 'I4' }] }))).toBeNull();
  expect(caught(entry('pass', { checks: [lost] }))).toBeNull();
  expect(caught(entry('fail', { checks: [{ ...lost, status: 'inconclusive' }] }))).toBeNull();
});

test('a bug of the harness must be inconclusive: neither a pass nor a fail will do', () => {
  const caught = unknown('faults-bit');
  const criteria = [{ id: 'faults-bit', verdict: 'inconclusive' as const, reason: 'it did not bite' }];
  expect(caught(entry('inconclusive', { criteria }))).toBe('faults-bit: it did not bite');
  expect(caught(entry('fail', { criteria }))).toBeNull();
  expect(caught(entry('pass', { criteria: [{ id: 'faults-bit', verdict: 'pass' }] }))).toBeNull();
  expect(
    failed('replica-deaths')(entry('fail', { criteria: [{ id: 'replica-deaths', verdict: 'fail', reason: 'two' }] })),
  ).toBe('replica-deaths: two');
  expect(failed('replica-deaths')(entry('fail', { criteria: [{ id: 'recovery', verdict: 'fail' }] }))).toBeNull();
});

test('one that slips through is said, and costs the exit code', () => {
  const one = (evidence: string | null): Trial => ({
    mutation: mutations[0]!,
    evidence,
    seconds: 21,
    folder: 'reports/x',
  });
  expect(exitCodeOf([one('found')])).toBe(0);
  expect(exitCodeOf([one('found'), one(null)])).toBe(1);
  expect(exitCodeOf([])).toBe(1);
  expect(sentenceOf([one('found'), one(null)])).toMatch(/^1 of 2 caught; synchronous-commit-off slipped through/);
  expect(lineOf(one(null))).toMatch(/^SLIPPED .*nobody named it/);
});

test('quick is a part, names are checked', () => {
  const quick = selectMutations(mutations, { quick: true });
  expect(new Set(quick.map(({ kind }) => kind)).size).toBe(3);
  // Some 25 s each: with the machine's start that is well within the eight minutes that CI gives it.
  expect(quick.length).toBeLessThanOrEqual(10);
  expect(selectMutations(mutations, { only: ['zombie-pid'] })).toHaveLength(1);
  expect(() => selectMutations(mutations, { only: ['zombi'] })).toThrow(
    /there is no mutation "zombi"; there are synchronous-commit-off/,
  );
});

/** Criteria whose planted cause is no mutation but a test or an incident on real parts: where, and in which words. */
const plantedElsewhere: Readonly<Record<string, string>> = {
  'closed-loop': 'harness/end-to-end/judgement.stack.test.ts',
  'connection-timeouts': 'scenarios/incidents/thundering-herd.ts',
  'cpu-headroom': 'harness/grade/plants.stack.test.ts',
  'database-connections': 'harness/grade/plants.stack.test.ts',
  'dropped-iterations': 'harness/end-to-end/judgement.stack.test.ts',
  'dispatches-per-pass': 'scenarios/incidents/duplicate-schedules.ts',
  'idle-in-transaction': 'harness/grade/plants.stack.test.ts',
  'pool-recovers': 'scenarios/incidents/thundering-herd.ts',
  // Each incident is run with its two variants swapped: then the remedy shows nothing.
  proofs: 'harness/end-to-end/incidents.stack.test.ts#with the settings swapped',
  'query-p95': 'harness/grade/plants.stack.test.ts',
  'requests-sent': 'harness/end-to-end/judgement.stack.test.ts',
  'schedules-per-queue': 'scenarios/incidents/duplicate-schedules.ts',
  'silent-growth': 'scenarios/incidents/silent-growth.ts',
  'script-checks': 'harness/end-to-end/judgement.stack.test.ts',
  'script-end': 'harness/end-to-end/judgement.stack.test.ts',
  'script-exceptions': 'harness/end-to-end/judgement.stack.test.ts',
  'script-thresholds': 'harness/end-to-end/judgement.stack.test.ts',
};

/** Invariants of the checkers, by the criterion that adds them up. */
const criterionOf = (caughtBy: string): string => {
  if (caughtBy === 'I1') return 'lost-data';
  return /^I\d+$/.test(caughtBy) ? 'corrupt-data' : caughtBy;
};

test('every criterion has a planted cause on real parts', async () => {
  const planted = mutations.flatMap(({ caughtBy }) => [
    criterionOf(caughtBy),
    ...(/^I13 \(([\w-]+)\)/.exec(caughtBy)?.slice(1) ?? []),
    ...caughtBy.split(', '),
  ]);
  const without = (await loadCriteria()).map(({ id }) => id).filter((id) => !planted.includes(id));
  const elsewhere = without.filter((id) => {
    const [file = '', words = `'${id}'`] = (plantedElsewhere[id] ?? '/dev/null').split('#');
    return readFileSync(file, 'utf8').includes(words);
  });
  expect(without.filter((id) => !elsewhere.includes(id))).toEqual([]);
});

test('what is lost on its way is lost to the samples alone', () => {
  const kept: string[] = [];
  const sink = {
    nowMs: () => 7,
    sample: (series: string) => void kept.push(series),
    histogram: (series: string) => void kept.push(series),
    log: () => undefined,
    source: () => undefined,
  };
  const torn = losing((series, _, atMs) => series === 'a' && atMs >= 7)(sink);
  torn.sample('a', {}, 1);
  torn.sample('a', {}, 1, 6);
  torn.sample('b', {}, 1);
  expect([kept, torn.nowMs()]).toEqual([['a', 'b'], 7]);
});

test('a stretch that fails is told from a whole that does; an unknown needs its words', () => {
  const stretch = { id: 'api-p95', verdict: 'fail' as const, reason: 'worst 10 s (from 60.0 s to 70.0 s): 95 % …' };
  expect(failedByStretch('api-p95')(entry('fail', { criteria: [stretch] }))).toMatch(/^api-p95: worst/);
  const whole = { ...stretch, reason: '95 % took 300 ms; worst 10 s …' };
  expect(failedByStretch('api-p95')(entry('fail', { criteria: [whole] }))).toBeNull();
  const open = { id: 'steady-before', verdict: 'inconclusive' as const, reason: 'it was not steady before the fault' };
  expect(untold('steady-before', /not steady/)(entry('fail', { criteria: [open] }))).toMatch(/not steady/);
  expect(untold('steady-before', /not steady/)(entry('pass', { criteria: [open] }))).toBeNull();
  expect(untold('steady-before', /too few/)(entry('fail', { criteria: [open] }))).toBeNull();
});

test('a plant changes what it says and nothing else', () => {
  const declaration = {
    environment: { stack: { proxies: true, postgres: { jit: 'off' } } },
    load: {
      phases: [
        { name: 'fault', floorSeconds: 4, activeJobs: 8 },
        { name: 'recovery', floorSeconds: 9, activeJobs: 8 },
      ],
    },
    steps: [{ do: 'inject', fault: 'latency', holdSeconds: 3 }, { do: 'sql' }],
  } as unknown as ScenarioDeclaration;
  expect(plantInto(declaration)).toBe(declaration);
  expect(plantInto(declaration, { postgres: { fsync: 'off' } }).environment).toEqual({
    stack: { proxies: true, postgres: { jit: 'off', fsync: 'off' } },
  });
  expect(shortened(declaration).load.phases.map(({ floorSeconds }) => floorSeconds)).toEqual([4, 5]);
  expect(
    withFault(declaration, (step) => ({ ...step, holdSeconds: 1 })).steps?.map(({ holdSeconds }) => holdSeconds),
  ).toEqual([1, undefined]);
});
