import { expect, test } from 'vitest';
import type { Criterion } from './criterion.ts';
import { healthyRecorder } from './fixtures/healthy-run.ts';
import { criteria, failedRequests, judge, judgeOf } from './fixtures/judge.ts';
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
