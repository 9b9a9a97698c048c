import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pairsOf, risingP, senLine } from './mann-kendall.ts';
import { rampOf } from './ramp.ts';
import { normalFrom, randomFrom } from './random.ts';

const { rising: known } = JSON.parse(
  readFileSync(new URL('recordings/scipy-values.json', import.meta.url), 'utf8'),
) as { rising: { values: number[]; p: number; slope: number }[] };

/** Every order of the values, equal ones told apart. */
const ordersOf = (values: readonly number[]): number[][] =>
  values.length < 2
    ? [[...values]]
    : values.flatMap((value, at) => ordersOf(values.toSpliced(at, 1)).map((order) => [value, ...order]));

describe('Mann-Kendall', () => {
  it.each(known)('agrees with SciPy where there are no ties: p = $p', ({ values, p }) => {
    expect(risingP(values) / p).toBeCloseTo(1, 9);
  });

  it.each([
    [[1, 1, 2, 2, 3, 3, 4]],
    [[1, 2, 2, 1, 3, 2, 3]],
    [[5, 5, 5, 5, 5, 6, 7]],
    [[3, 1, 2, 3, 1, 2, 3]],
    [[2, 2, 2, 2, 2, 2, 2]],
  ])('agrees with all orders of values with ties: %o', (values) => {
    const { fall } = pairsOf(values);
    const orders = ordersOf(values);
    const asFew = orders.filter((order) => pairsOf(order).fall <= fall).length;
    expect(risingP(values)).toBeCloseTo(asFew / orders.length, 12);
  });

  it('knows how sure nine values that all rise are, and that equal ones say nothing', () => {
    expect(risingP([1, 2, 3, 4, 5, 6, 7, 8, 9])).toBeCloseTo(1 / 362_880, 12);
    expect(risingP([9, 8, 7, 6, 5, 4, 3, 2, 1])).toBeCloseTo(1, 12);
    expect(risingP([4])).toBe(1);
  });

  it('stays a probability over as many values as the history looks at, ties or not', () => {
    const next = randomFrom(5);
    for (const kinds of [2, 6, 1e9]) {
      const p = risingP(Array.from({ length: 50 }, () => Math.floor(kinds * next())));
      expect(p).toBeGreaterThan(0.001);
      expect(p).toBeLessThanOrEqual(1);
    }
    expect(risingP(Array.from({ length: 50 }, (_, position) => position))).toBeLessThan(1e-60);
  });

  it('holds its p: of values in no order one in twenty has 0.05', () => {
    const next = randomFrom(9);
    const found = Array.from({ length: 4000 }, () => risingP(Array.from({ length: 14 }, next)));
    expect(found.filter((p) => p <= 0.05).length / found.length).toBeCloseTo(0.05, 1.5);
  });
});

describe('Sen', () => {
  it.each(known)('agrees with SciPy: $slope', ({ values, slope }) => {
    expect(senLine(values).slope).toBeCloseTo(slope, 12);
  });

  it('is not moved by one value that is far off', () => {
    const line = senLine([10, 12, 14, 16, 900, 20, 22]);
    expect(line.slope).toBe(2);
    expect([line.at(0), line.at(6)]).toEqual([10, 22]);
  });
});

describe('the shape of a change', () => {
  const level = (count: number, value: number): number[] => new Array<number>(count).fill(value);
  const ramp = [10, 12, 14, 16, 18, 20];

  it('tells a step, a growth that goes on and one that came to rest, and which way they go', () => {
    expect(rampOf([...level(8, 1), ...level(8, 5)])).toEqual({ from: 7, until: 8, rises: true });
    expect(rampOf([...level(8, 10), ...ramp])).toEqual({ from: 8, until: 13, rises: true });
    expect(rampOf([...ramp, ...level(8, 20)])).toEqual({ from: 0, until: 5, rises: true });
    expect(rampOf([...level(8, 20), ...ramp.toReversed()])).toMatchObject({ until: 13, rises: false });
  });

  it('tells them apart through noise', () => {
    const normal = normalFrom(randomFrom(2));
    const noisy = (values: number[]): number[] => values.map((value) => value + 0.5 * normal());
    const step = rampOf(noisy([...level(15, 10), ...level(15, 20)]));
    expect(step.until - step.from).toBeLessThanOrEqual(2);
    const growth = rampOf(noisy([...level(15, 10), ...Array.from({ length: 15 }, (_, night) => 10 + night)]));
    expect(Math.abs(growth.from - 15)).toBeLessThanOrEqual(2);
    expect(growth.until).toBeGreaterThanOrEqual(27);
  });
});
