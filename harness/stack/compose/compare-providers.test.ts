import { expect, test } from 'vitest';
import { differences, resultOf, type Difference } from '../../../scripts/compare-providers.ts';
import type { ScenarioResult, Verdict } from '../../result.ts';

interface Shape {
  criteria?: Record<string, Verdict>;
  observed?: (boolean | null)[];
  busy?: boolean;
  expected?: 'pass' | 'symptoms';
  asExpected?: boolean | null;
  state?: ScenarioResult['state'];
}

const entry = ({
  criteria = { 'api-p95': 'pass', 'lost-data': 'pass' },
  observed = [],
  busy = false,
  expected = 'pass',
  asExpected = true,
  state = 'finished',
}: Shape): ScenarioResult =>
  ({
    entry: 'baseline.healthy.1',
    state,
    expected,
    asExpected,
    criteria: Object.entries({ ...criteria, ...(busy ? { 'cpu-headroom': 'inconclusive' } : {}) }).map(
      ([id, verdict]) => ({
        id,
        verdict,
        reason:
          id === 'cpu-headroom' && busy
            ? 'the host was only 6 % idle, at least 15 % is needed: a starved service looks cheap'
            : 'said',
      }),
    ),
    symptoms: observed.map((one, index) => ({ id: `seen-${index}`, observed: one })),
  }) as unknown as ScenarioResult;

const good = entry({});
const words = (found: Difference[], counts = true): string[] =>
  found.filter((one) => one.counts === counts).map(({ what }) => what);
const against = (shape: Shape, one = good): string[] => words(differences([one], [entry(shape)]));

test('alike is alike; a warning is a pass', () => {
  expect(differences([good], [good])).toEqual([]);
  expect(against({ criteria: { 'api-p95': 'warn', 'lost-data': 'pass' } })).toEqual([]);
  expect(
    against(
      { criteria: { 'api-p95': 'pass', 'lost-data': 'pass', recovery: 'notApplicable' } },
      entry({ criteria: { 'api-p95': 'pass', 'lost-data': 'pass', recovery: 'notApplicable' } }),
    ),
  ).toEqual([]);
});

test('what one passes and the other fails counts', () => {
  expect(against({ criteria: { 'api-p95': 'pass', 'lost-data': 'fail' }, asExpected: false })).toEqual([
    'as expected',
    'lost-data',
  ]);
  expect(against({ criteria: { 'api-p95': 'fail', 'lost-data': 'pass' }, asExpected: false })).toEqual([
    'as expected',
    'api-p95',
  ]);
});

test('what one could not judge, or not even name, counts, on either side and on both', () => {
  const unknown = entry({ criteria: { 'api-p95': 'pass', 'lost-data': 'inconclusive' }, asExpected: null });
  expect(words(differences([good], [unknown]))).toEqual(['as expected', 'lost-data']);
  expect(words(differences([unknown], [good]))).toEqual(['as expected', 'lost-data']);
  expect(words(differences([unknown], [unknown]))).toEqual(['as expected', 'lost-data']);
  expect(against({ criteria: { 'api-p95': 'pass' } })).toEqual(['lost-data']);
  expect(words(differences([entry({ criteria: { 'api-p95': 'pass' } })], [good]))).toEqual(['lost-data']);
  expect(against({ criteria: { 'api-p95': 'inconclusive', 'lost-data': 'pass' } })).toEqual(['api-p95']);
});

test('an entry that is missing, did not finish or judged nothing counts; so does a run without any', () => {
  expect(differences([good], [])).toEqual([
    { entry: 'baseline.healthy.1', what: 'entry', verdicts: ['there', 'missing'], counts: true },
  ]);
  expect(words(differences([], [good]))).toEqual(['entry']);
  expect(words(differences([], []))).toEqual(['entry']);
  expect(against({ state: 'failed', criteria: {}, asExpected: null })).toEqual([
    'entry',
    'as expected',
    'api-p95',
    'lost-data',
  ]);
  const nothing = entry({ criteria: {}, asExpected: null });
  expect(words(differences([nothing], [nothing]))).toEqual(['entry', 'as expected']);
});

test('times and CPU of a busy host are shown, not counted; counts are not excused', () => {
  const found = differences(
    [good],
    [entry({ busy: true, criteria: { 'api-p95': 'fail', 'lost-data': 'pass' }, asExpected: false })],
  );
  expect([words(found), words(found, false)]).toEqual([[], ['as expected', 'api-p95', 'cpu-headroom']]);
  const more = { 'corrupt-data': 'pass' } as const;
  const half = {
    busy: true,
    criteria: { ...more, 'api-p95': 'inconclusive', 'lost-data': 'inconclusive' },
    asExpected: null,
  } as const;
  expect(against(half, entry({ criteria: { ...more, 'api-p95': 'pass', 'lost-data': 'pass' } }))).toEqual([
    'lost-data',
  ]);
  expect(
    against({ criteria: { 'api-p95': 'pass', 'lost-data': 'pass', 'cpu-headroom': 'inconclusive' } }),
    'its CPU was not seen',
  ).toEqual(['cpu-headroom']);
});

test('a symptom must be looked for on both; seen on one only it counts where it must be seen', () => {
  expect(against({ observed: [null] }, entry({ observed: [false] }))).toEqual(['symptom seen-0']);
  expect(against({ observed: [] }, entry({ observed: [true] }))).toEqual(['symptom seen-0']);
  expect(against({ observed: [false] }, entry({ observed: [true] }))).toEqual([]);
  expect(
    against({ observed: [false], expected: 'symptoms' }, entry({ observed: [true], expected: 'symptoms' })),
  ).toEqual(['symptom seen-0']);
});

test('where symptoms must show, what follows from them may differ by a request more or less; what holds in any failure may not', () => {
  const broken = (criteria: Record<string, Verdict>): ScenarioResult => entry({ criteria, expected: 'symptoms' });
  const one = broken({ goodput: 'pass', 'lost-data': 'pass' });
  const found = differences([one], [broken({ goodput: 'fail', 'lost-data': 'pass' })]);
  expect([words(found), words(found, false)]).toEqual([[], ['goodput']]);
  expect(words(differences([one], [broken({ goodput: 'pass', 'lost-data': 'fail' })]))).toEqual(['lost-data']);
  expect(words(differences([one], [broken({ 'lost-data': 'pass' })])), 'it must be looked for').toEqual(['goodput']);
});

test('a run that broke off is none, whatever it printed', () => {
  const stdout = '{"scenarios":[]}';
  for (const exitCode of [0, 1, 3])
    expect(resultOf('run', { stdout, stderr: '', exitCode })).toEqual({ scenarios: [] });
  for (const exitCode of [2, 4, 130, null])
    expect(() => resultOf('run', { stdout, stderr: 'why', exitCode })).toThrow(
      `run ended with exit code ${exitCode}: why`,
    );
  expect(() => resultOf('run', { stdout: '', stderr: 'why', exitCode: 0 })).toThrow('why');
});
