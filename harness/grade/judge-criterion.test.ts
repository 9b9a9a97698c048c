import { describe, expect, test } from 'vitest';
import type { Criterion } from './criterion.ts';
import { healthyRecorder } from './fixtures/healthy-run.ts';
import { criteria, failedRequests, judge, judgeOf, steadyRequests } from './fixtures/judge.ts';
import { durations, type Recorder } from './fixtures/recorder.ts';
import { judgeCriterion } from './judge-criterion.ts';

test('a criterion that throws is inconclusive with its message', () => {
  const broken: Criterion = {
    ...criteria[0]!,
    measure: () => {
      throw new Error('bang');
    },
  };
  expect(judgeCriterion(broken, { ...judgeOf(healthyRecorder()), declaration: null })).toMatchObject({
    verdict: 'inconclusive',
    reason: 'judging broke: bang',
  });
  const endless: Criterion = {
    ...criteria[0]!,
    measure: () => ({ state: 'measured', value: NaN, count: 1, measuredBy: '' }),
  };
  expect(judgeCriterion(endless, { ...judgeOf(healthyRecorder()), declaration: null }).verdict).toBe('inconclusive');
});

test("a declared bound replaces the criterion's own", () => {
  expect(judge('goodput', failedRequests(5), {}, { id: 'goodput', value: 50 })).toMatchObject({
    verdict: 'pass',
    bounds: [{ value: 50, comparator: '>=' }],
  });
});

const slow = (recorder: Recorder): unknown =>
  recorder.histogram('http_req_duration', steadyRequests, (second) =>
    second > 5 && second <= 60 ? durations(20, 300, second) : [],
  );
const foreign = { isForeign: true, stackSpec: null } as const;

describe('a bound that suits the reference service, in a run of somebody else’s', () => {
  test('nobody declared it: it warns, and says how to declare one', () => {
    expect(judge('api-p95', slow).verdict).toBe('fail');
    expect(judge('api-p95', slow, foreign)).toMatchObject({
      verdict: 'warn',
      bounds: [{ severity: 'warn' }],
      reason: expect.stringMatching(
        /nobody declared a bound .* --p95 MS.*options\.ext\.pgsurge.*pgsurge\.config\.json/,
      ),
    });
  });

  test('that requests were never served warns there too: goodput fails', () => {
    const [p95, goodput] = ['api-p95', 'goodput'].map((id) => judge(id, failedRequests(15), foreign).verdict);
    expect([p95, goodput]).toEqual(['warn', 'fail']);
  });

  test('declared, it fails', () => {
    expect(judge('api-p95', slow, foreign, { id: 'api-p95', value: 250 }).verdict).toBe('fail');
  });

  test('kept, nothing is said of it', () => {
    expect(judge('api-p95', undefined, foreign)).toMatchObject({
      verdict: 'pass',
      reason: expect.not.stringContaining('nobody declared'),
    });
  });
});
