import { describe, expect, test } from 'vitest';
import { bucketIndex, fromExplicit, growthBetween } from './exponential.ts';
import { histogramOf } from './fixtures/histogram-of.ts';
import { countAbove, emptyHistogram, mergeAll, mergeHistograms, quantile } from './histogram.ts';

/** A stream of numbers that is the same each time. */
const random = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return state / 2 ** 32;
  };
};

const latencies = (count: number, seed: number): number[] => {
  const next = random(seed);
  return Array.from({ length: count }, () => Math.exp(next() * 6 - 1));
};

const nearestRank = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1]!;

describe('buckets', () => {
  test('hold their upper bound and not their lower one', () => {
    expect([
      bucketIndex(1, 0),
      bucketIndex(1.0001, 0),
      bucketIndex(2, 0),
      bucketIndex(4, 0),
      bucketIndex(0.5, 0),
    ]).toEqual([-1, 0, 0, 1, -2]);
  });
});

describe('merging', () => {
  test('of parts at their own scales is the histogram of all, at the coarsest', () => {
    const parts = [5, 3, 4, 0].map((scale, index) => ({ scale, values: latencies(500 + index * 100, index + 1) }));
    const merged = mergeAll(parts.map(({ scale, values }) => histogramOf(values, scale)));
    const whole = histogramOf(
      parts.flatMap(({ values }) => values),
      0,
    );
    expect({ ...merged, sum: 0 }).toEqual({ ...whole, sum: 0 });
    expect(merged.sum).toBeCloseTo(whole.sum, 6);
  });

  test('does not depend on the order', () => {
    const [a, b, c] = [1, 2, 3].map((seed) => histogramOf(latencies(200, seed), seed + 1));
    const [left, right] = [mergeAll([a!, b!, c!]), mergeAll([c!, b!, a!])];
    expect({ ...left, sum: 0 }).toEqual({ ...right, sum: 0 });
  });

  test('with an empty one, or with zeros only, keeps the rest', () => {
    const some = histogramOf([1, 2, 3], 4);
    expect(mergeHistograms(emptyHistogram(), some)).toEqual(some);
    expect(mergeHistograms(some, emptyHistogram())).toEqual(some);
    expect(mergeHistograms(some, histogramOf([0, 0], 20))).toMatchObject({
      scale: 4,
      count: 5,
      zeroCount: 2,
      min: 0,
      max: 3,
    });
  });
});

describe('percentiles', () => {
  test.each([0.5, 0.9, 0.95, 0.99, 1])('at %s are within half a bucket of the exact ones', (share) => {
    const values = latencies(6000, 11);
    const scale = 5;
    const found = quantile(histogramOf(values, scale), share)!;
    const exact = nearestRank(values, share);
    expect(Math.abs(found - exact) / exact).toBeLessThanOrEqual((2 ** (2 ** -scale) - 1) / 2 + 1e-9);
  });

  test('of merged parts are those of the whole; the mean of the parts’ percentiles is not', () => {
    const [fast, slow] = [latencies(9000, 1).map((value) => value / 10), latencies(1000, 2).map((value) => value * 10)];
    const exact = nearestRank([...fast, ...slow], 0.95);
    const merged = quantile(mergeHistograms(histogramOf(fast, 5), histogramOf(slow, 5)), 0.95)!;
    const averaged = (nearestRank(fast, 0.95) + nearestRank(slow, 0.95)) / 2;
    expect(Math.abs(merged - exact) / exact).toBeLessThan(0.02);
    expect(Math.abs(averaged - exact) / exact).toBeGreaterThan(0.2);
  });

  test('never leave what was seen; of nothing there are none', () => {
    expect(quantile(histogramOf([7], 0), 0.5)).toBe(7);
    expect(quantile(histogramOf([0, 0, 0, 5], 3), 0.5)).toBe(0);
    expect(quantile(emptyHistogram(), 0.5)).toBeNull();
  });

  test('how many lie above a value', () => {
    expect(countAbove(histogramOf([1, 10, 100, 1000], 5), 50)).toBe(2);
  });
});

describe('other kinds of histograms', () => {
  test('explicit buckets err upwards, by no more than their own width', () => {
    const bounds = [1, 2, 5, 10, 20, 50, 100];
    const values = latencies(5000, 3).filter((value) => value < 100);
    const counts = [...bounds, Infinity].map(
      (bound, index) => values.filter((value) => value <= bound && value > (bounds[index - 1] ?? -Infinity)).length,
    );
    const converted = fromExplicit({ count: values.length, sum: 1, min: null, max: null, bounds, counts });
    for (const share of [0.5, 0.95, 0.99]) {
      const exact = nearestRank(values, share);
      const found = quantile(converted, share)!;
      expect(found).toBeGreaterThan(exact * 0.95);
      expect(found).toBeLessThanOrEqual(bounds.find((bound) => bound >= exact)! * 1.001);
    }
    expect(converted.counts.reduce((sum, count) => sum + count, 0)).toBe(values.length);
  });

  test('beyond the last bound the highest seen counts', () => {
    expect(
      quantile(fromExplicit({ count: 1, sum: 900, min: null, max: 900, bounds: [1, 10], counts: [0, 0, 1] }), 0.95),
    ).toBeCloseTo(900, -2);
    expect(
      quantile(fromExplicit({ count: 1, sum: 900, min: null, max: null, bounds: [1, 10], counts: [0, 0, 1] }), 0.95),
    ).toBeCloseTo(20, 0);
    expect(fromExplicit({ count: 0, sum: 0, min: null, max: null, bounds: [1], counts: [0, 0] })).toMatchObject({
      count: 0,
      counts: [],
    });
  });

  test('what a cumulative histogram grew by is what came between', () => {
    const [before, between] = [latencies(300, 5), latencies(200, 6)];
    const grown = growthBetween(histogramOf(before, 4), histogramOf([...before, ...between], 3))!;
    expect(grown).toMatchObject({ count: 200, counts: expect.arrayContaining([]) });
    expect(grown.counts.reduce((sum, count) => sum + count, 0)).toBe(200);
    expect(quantile(grown, 0.9)! / nearestRank(between, 0.9)).toBeCloseTo(1, 1);
    expect(growthBetween(histogramOf(before, 4), histogramOf(before, 4))?.count).toBe(0);
    expect(growthBetween(histogramOf(before, 4), histogramOf([1], 4))).toBeNull();
    expect(growthBetween(histogramOf([0, 0, 0], 4), histogramOf([0], 4))).toBeNull();
  });
});
