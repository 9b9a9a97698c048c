import { describe, expect, test } from 'vitest';
import { gaugeOnGrid, gridFor, sumGauges } from './grid.ts';
import { quantilesOnGrid } from './quantiles.ts';
import { cumulativeRate, deltaRate, eventRate, eventsSoFar, histogramRate } from './rates.ts';
import { mergeAll, quantile } from '../histograms/histogram.ts';
import type { ExponentialHistogram } from '../histograms/histogram.ts';
import { mergeFast } from '../histograms/merge-fast.ts';
import type { Series } from './observations.ts';

const series = (tMs: number[], values: number[]): Series => ({
  name: 's',
  labels: {},
  tMs: Float64Array.from(tMs),
  values: Float64Array.from(values),
});
const grid = { startMs: 1000, stepMs: 1000, points: 6 };
const rounded = (values: Float64Array): (number | null)[] =>
  Array.from(values, (value) => (Number.isNaN(value) ? null : Math.round(value * 1000) / 1000));

test('the grid is as fine as its points allow', () => {
  expect(gridFor(0, 20_000, 1200)).toEqual({ startMs: 0, stepMs: 250, points: 80 });
  expect(gridFor(0, 600_000, 1200)).toEqual({ startMs: 0, stepMs: 1000, points: 600 });
  expect(gridFor(0, 3_600_000, 120)).toEqual({ startMs: 0, stepMs: 30_000, points: 120 });
});

describe('gauges', () => {
  test('hold for three intervals, then are absent, never zero', () => {
    expect(rounded(gaugeOnGrid(series([1100, 2100], [4, 5]), grid, 'last'))).toEqual([4, 5, 5, 5, null, null]);
  });
  test('keep the peak of a bucket', () => {
    expect(rounded(gaugeOnGrid(series([1100, 1200, 1300], [1, 9, 2]), grid, 'max'))[0]).toBe(9);
  });
  test('add up over what is there', () => {
    expect(rounded(sumGauges([series([1100, 2100, 3100], [1, 1, 1]), series([2100], [10])], grid)).slice(0, 3)).toEqual(
      [1, 11, 11],
    );
  });
});

describe('rates', () => {
  test('a delta is spread over the interval that it covers', () => {
    expect(rounded(deltaRate([series([2000, 3500, 4500], [2, 3, 1])], grid))).toEqual([1.333, 2, 1.5, 0.5, null, null]);
  });
  test('what is spread adds up to what was counted', () => {
    const rate = deltaRate([series([1900, 2950, 4020, 5010], [7, 5, 3, 11])], { ...grid, startMs: 0 });
    expect(rate.reduce((sum, value) => sum + (Number.isNaN(value) ? 0 : value), 0)).toBeCloseTo(26);
  });
  test('a restarted counter counts from zero', () => {
    expect(rounded(cumulativeRate([series([1000, 2000, 3000, 4000], [100, 104, 3, 5])], grid)).slice(0, 3)).toEqual([
      4, 3, 2,
    ]);
  });
});

const histogram = (scale: number, offset: number, counts: number[], zeroCount = 0): ExponentialHistogram => {
  const count = counts.reduce((sum, value) => sum + value, zeroCount);
  return { scale, count, sum: count, min: 0.001, max: 1e6, zeroCount, offset, counts };
};

test('many histograms at once: the same as one after the other', () => {
  const list = [
    histogram(5, 10, [1, 2, 3]),
    histogram(3, -4, [5, 0, 1, 7], 2),
    histogram(4, 40, [9]),
    histogram(5, 0, [], 3),
  ];
  const [fast, slow] = [mergeFast(list), mergeAll(list)];
  expect([fast.count, fast.sum, fast.zeroCount]).toEqual([slow.count, slow.sum, slow.zeroCount]);
  for (const share of [0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1]) expect(quantile(fast, share)).toBe(quantile(slow, share));
});

test('quantiles come from merged histograms and stand for the time before their stamp', () => {
  const list = [
    {
      name: 'h',
      labels: {},
      tMs: Float64Array.from([2000, 4000]),
      histograms: [histogram(0, 3, [10]), histogram(0, 6, [10])],
    },
    { name: 'h', labels: {}, tMs: Float64Array.from([2000]), histograms: [histogram(0, 9, [30])] },
  ];
  const [p50] = quantilesOnGrid(list, grid, [0.5]);
  expect(rounded(p50!)).toEqual([724.077, 90.51, 90.51, null, null, null]);
  expect(rounded(histogramRate(list, grid, 'count')).slice(0, 3)).toEqual([35, 5, 5]);
});

test('rare events stand where they were reported, not spread over the silence before them', () => {
  const rare = [series([1500, 5500], [6, 2])];
  expect(rounded(eventRate(rare, grid))).toEqual([3, null, null, 1, 1, null]);
  expect(rounded(eventsSoFar(rare, grid))).toEqual([6, 6, 6, 6, 8, 8]);
  expect(rounded(eventsSoFar([], grid))[0]).toBeNull();
});
