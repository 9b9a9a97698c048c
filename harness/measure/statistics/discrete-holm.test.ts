import { expect, test } from 'vitest';
import { discreteHolm } from './discrete-holm.ts';
import { fisherP } from './fisher.ts';
import { holm } from './holm.ts';
import { randomFrom } from './random.ts';

const totals = [10, 10] as const;
const of = (...counts: [number, number][]): { counts: [number, number]; totals: readonly [10, 10] }[] =>
  counts.map((one) => ({ counts: one, totals }));

test('one test alone keeps its p, and a test that can never be small costs the others nothing', () => {
  const p = fisherP([0, 4], totals);
  expect(p).toBeCloseTo(0.04334, 5);
  expect(discreteHolm(1, of([0, 4]))[0]).toBeCloseTo(p, 12);
  const beside = discreteHolm(1, of([0, 4], [0, 0], [10, 10], [1, 1], [0, 3]));
  expect(beside[0]).toBeCloseTo(p, 12);
  expect(holm([p, 1, 1, 1, 0.1])[0]).toBeGreaterThan(0.2);
});

test('one that could have been as small is counted with the chance that it had, not more', () => {
  // Of six failures of 20 the chance of 6 against 0 is 0.0054, of 5 or more against 1 it is above 0.0433.
  expect(discreteHolm(1, of([0, 4], [3, 3]))[0]).toBeCloseTo(0.04334 + 0.00542, 4);
});

test('looks to one side only', () => {
  expect(discreteHolm(0, of([0, 4]))[0]).toBeCloseTo(1, 12);
  expect(discreteHolm(0, of([4, 0]))[0]).toBeCloseTo(0.04334, 5);
});

test('of many tests of sides that are alike at least one is called in at most 5 of 100', () => {
  const random = randomFrom(5);
  const side = (): number => Array.from({ length: 10 }, () => random() < 0.3).filter(Boolean).length;
  let called = 0;
  for (let trial = 0; trial < 1000; trial += 1) {
    const tests = of(...Array.from({ length: 8 }, (): [number, number] => [side(), side()]));
    if (Math.min(...discreteHolm(1, tests)) <= 0.05) called += 1;
  }
  expect(called).toBeLessThanOrEqual(55);
  expect(called).toBeGreaterThan(5);
});
