import { expect, test } from 'vitest';
import { checkOf, judge } from '../fixtures/judge.ts';
import type { CheckResult, CriterionResult } from '../../result.ts';

/** What the checker schedule-ticks counted in the database. */
const ticks = (counts: CheckResult['counts']): CheckResult => checkOf('schedule-ticks', 'I10', { counts });
const judged = (...checks: CheckResult[]): CriterionResult =>
  judge('schedules-per-queue', undefined, { checks }, { id: 'schedules-per-queue' });

test.each([
  [1, 'pass'],
  [2, 'fail'],
  [22, 'fail'],
] as const)('%i schedules of one queue: %s', (schedulesOfOneQueue, verdict) => {
  const counts = { schedules: schedulesOfOneQueue, schedulesOfOneQueue, ticks: 6, mostInOnePass: 6 };
  expect(judged(ticks(counts))).toMatchObject({ verdict, value: schedulesOfOneQueue });
});

test('schedules that nobody counted are unknown', () => {
  expect(judged().verdict).toBe('inconclusive');
});

test('a scenario that does not declare it is not about schedules', () => {
  expect(judge('schedules-per-queue').verdict).toBe('notApplicable');
});
