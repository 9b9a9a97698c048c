import { expect, test } from 'vitest';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { resolveSettings } from '../../service/settings.ts';
import { plantInto } from '../run/plant.ts';
import type { CheckResult, CriterionResult, ScenarioResult } from '../result.ts';
import { failed, unknown, violated } from './proofs.ts';
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
  expect(of('service')).toHaveLength(11);
  expect(of('harness')).toHaveLength(6);
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
  expect(quick.length).toBeLessThanOrEqual(8);
  expect(selectMutations(mutations, { only: ['zombie-pid'] })).toHaveLength(1);
  expect(() => selectMutations(mutations, { only: ['zombi'] })).toThrow(
    /there is no mutation "zombi"; there are synchronous-commit-off/,
  );
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
