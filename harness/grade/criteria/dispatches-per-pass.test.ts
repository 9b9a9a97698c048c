import { expect, test } from 'vitest';
import { checkOf, judge } from '../fixtures/judge.ts';
import type { CheckResult, CriterionResult } from '../../result.ts';

/** What the checker schedule-ticks counted in the database. */
const ticks = (counts: CheckResult['counts']): CheckResult => checkOf('schedule-ticks', 'I10', { counts });
const judged = (...checks: CheckResult[]): CriterionResult =>
  judge('dispatches-per-pass', undefined, { checks }, { id: 'dispatches-per-pass', value: 6 });

test.each([
  [6, 'pass'],
  [7, 'fail'],
  [18, 'fail'],
] as const)('%i jobs in one pass of at most 6: %s', (mostInOnePass, verdict) => {
  const counts = { schedules: 1, schedulesOfOneQueue: 1, ticks: 40, mostInOnePass };
  expect(judged(ticks(counts))).toMatchObject({ verdict, value: mostInOnePass, count: 40 });
});

test('a service that never dispatched, or schedules that nobody counted, are unknown', () => {
  const none = { schedules: 1, schedulesOfOneQueue: 1, ticks: 0, mostInOnePass: 0 };
  expect(judged(ticks(none)).verdict).toBe('inconclusive');
  expect(judged(ticks(null)).verdict).toBe('inconclusive');
});

test('without a declared bound it does not apply', () => {
  expect(judge('dispatches-per-pass').verdict).toBe('notApplicable');
});
