import { expect, test } from 'vitest';
import { firstSeenRising, riseOf } from './rising.ts';
import { randomFrom } from './random.ts';

const steps = (count: number, each: number): number[] => Array.from({ length: count }, (_, i) => Math.floor(i / each));

test('a staircase rises, and what it rose from and to is told', () => {
  expect(riseOf(steps(30, 3))).toEqual({ from: 1, to: 8 });
});

test('what rises at its start only has come to rest', () => {
  expect(riseOf([...steps(6, 1), ...Array.from({ length: 24 }, () => 6)])).toBeNull();
});

test('chance, a constant and too few values do not rise', () => {
  const next = randomFrom(7);
  const noisy = Array.from({ length: 200 }, () => Array.from({ length: 30 }, () => next()));
  expect(noisy.filter((values) => riseOf(values) !== null).length).toBeLessThanOrEqual(2);
  expect(riseOf(Array.from({ length: 30 }, () => 3))).toBeNull();
  expect(riseOf([1, 2, 3, 4, 5])).toBeNull();
});

test('it is seen before it ends', () => {
  expect(firstSeenRising(steps(60, 3), ({ from, to }) => to >= from + 2)).toBeLessThan(15);
  expect(firstSeenRising(steps(60, 3), ({ to }) => to > 1000)).toBeNull();
});
