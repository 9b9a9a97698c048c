import { expect, test } from 'vitest';
import { madeRows } from '../fixtures/growth-rows.ts';
import { growthAnswerOf } from './answer.ts';
import { triedAt } from './tried.ts';

const rowsAt = (slope: number) =>
  madeRows({ values: { 'app-pool': (jobs) => slope * jobs }, limits: { 'app-pool': 18 } });
const limit = growthAnswerOf(rowsAt(0.1))!.limits.find(({ id }) => id === 'app-pool')!;
/** The row of 50 jobs, with so much busy for each of them. */
const rowOf = (slope: number) => rowsAt(slope).scenarios[2]!.growth!;

test('below the predicted load the level is not met, above it is', () => {
  expect(triedAt(0.8, limit, rowOf(0.1)).held).toBe(true);
  expect(triedAt(0.8, limit, rowOf(0.3))).toMatchObject({ held: false });
  expect(triedAt(1.3, limit, rowOf(0.3)).held).toBe(true);
  expect(triedAt(1.3, limit, rowOf(0.1)).words).toMatch(/^at 1.3 of it it is not met \(5.* which the answer denies$/);
});

test('what was not measured is no proof', () => {
  expect(triedAt(1.3, limit, null).held).toBeNull();
  expect(triedAt(1.3, limit, { ...rowOf(0.3), unusable: 'the host was busy' }).held).toBeNull();
  expect(triedAt(1.3, limit, { ...rowOf(0.3), measures: {} }).held).toBeNull();
});
