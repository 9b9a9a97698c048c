import { expect, test } from 'vitest';
import { fineQuantile } from './fine-quantile.ts';
import { histogramOf } from './fixtures/histogram-of.ts';
import { emptyHistogram, mergeAll, quantile } from './histogram.ts';

const evenly = (from: number, to: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from + ((to - from) * (index + 0.5)) / count);

test('one coarse second does not spoil the fine ones', () => {
  const fine = Array.from({ length: 20 }, () => histogramOf(evenly(10, 50, 300), 6));
  const coarse = histogramOf([0.1, 900, ...evenly(10, 50, 298)], 2);
  const all = [...fine, coarse];
  for (const share of [0.5, 0.95, 0.99]) {
    const exact = 10 + 40 * share;
    expect(Math.abs(fineQuantile(all, share)! / exact - 1)).toBeLessThan(0.01);
  }
  // What the merger makes of it, for comparison: buckets of scale 2 are 19 % wide.
  expect(Math.abs(quantile(mergeAll(all), 0.5)! / 30 - 1)).toBeGreaterThan(0.02);
});

test('nothing, zeros, and a single value', () => {
  expect(fineQuantile([], 0.5)).toBeNull();
  expect(fineQuantile([emptyHistogram()], 0.5)).toBeNull();
  expect(fineQuantile([histogramOf([0, 0, 0, 8], 3)], 0.5)).toBe(0);
  expect(fineQuantile([histogramOf([7, 7, 7], 0)], 0.95)).toBeCloseTo(7, 10);
});

test('never outside what was observed', () => {
  const histogram = histogramOf([3, 5, 100], 0);
  expect(fineQuantile([histogram], 0)).toBeGreaterThanOrEqual(3);
  expect(fineQuantile([histogram], 1)).toBeLessThanOrEqual(100);
});
