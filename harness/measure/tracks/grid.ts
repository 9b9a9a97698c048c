/**
 * Observations put on one even time grid, so that series of different sources can be stacked, compared and drawn.
 * A value that nobody saw is NaN: absent, never zero. Index loops, not iterators, over samples: there are millions.
 */
import type { ExponentialHistogram } from '../histograms/histogram.ts';
import { mergeFast } from '../histograms/merge-fast.ts';
import { quantile } from '../histograms/histogram.ts';
import type { HistogramSeries, Series } from './observations.ts';

/** Bucket i covers [startMs + i * stepMs, startMs + (i + 1) * stepMs). */
export interface Grid {
  startMs: number;
  stepMs: number;
  points: number;
}

const steps = [250, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000];

/** The finest even step that needs no more than `maximumPoints`; never finer than 250 ms, or 1 s above a minute. */
export const gridFor = (startMs: number, endMs: number, maximumPoints: number): Grid => {
  const spanMs = Math.max(1000, endMs - startMs);
  const finest = spanMs <= 60_000 ? 250 : 1000;
  const stepMs =
    steps.find((step) => step >= finest && spanMs / step <= maximumPoints) ?? Math.ceil(spanMs / maximumPoints);
  return { startMs, stepMs, points: Math.ceil(spanMs / stepMs) };
};

const empty = (grid: Grid): Float64Array => new Float64Array(grid.points).fill(NaN);

const sampledGaps = 101;

/** The usual distance of a source's samples: the median of up to 101 distances taken all along; 1 s where there is only one. */
const intervalOf = (tMs: Float64Array): number => {
  if (tMs.length < 2) return 1000;
  const gaps = new Float64Array(Math.min(sampledGaps, tMs.length - 1))
    .map((_, index, all) => {
      const at = Math.floor((index * (tMs.length - 1)) / all.length);
      return tMs[at + 1]! - tMs[at]!;
    })
    .sort();
  return Math.max(1, gaps[gaps.length >> 1]!);
};

export type Statistic = 'max' | 'min' | 'last';

const combine = (statistic: Statistic, previous: number, value: number): number => {
  if (Number.isNaN(previous) || statistic === 'last') return value;
  return statistic === 'max' ? Math.max(previous, value) : Math.min(previous, value);
};

/** A gauge: within a bucket by `statistic`; between samples the last value holds for three intervals, at least 2 s. */
export const gaugeOnGrid = (series: Series, grid: Grid, statistic: Statistic): Float64Array => {
  const values = empty(grid);
  for (let index = 0; index < series.tMs.length; index += 1) {
    const bucket = Math.floor((series.tMs[index]! - grid.startMs) / grid.stepMs);
    if (bucket >= 0 && bucket < grid.points)
      values[bucket] = combine(statistic, values[bucket]!, series.values[index]!);
  }
  return hold(values, Math.ceil(Math.max(2000, 3 * intervalOf(series.tMs)) / grid.stepMs));
};

const hold = (values: Float64Array, buckets: number): Float64Array => {
  let last = NaN;
  let age = 0;
  for (const [index, value] of values.entries()) {
    age = Number.isNaN(value) ? age + 1 : 0;
    if (age === 0) last = value;
    else if (age < buckets) values[index] = last;
  }
  return values;
};

/** Several series added up; a bucket that none of them covers stays NaN. */
export const sumOf = (parts: readonly Float64Array[], grid: Grid): Float64Array => {
  const total = empty(grid);
  for (const part of parts) {
    for (const [index, value] of part.entries()) {
      if (!Number.isNaN(value)) total[index] = (Number.isNaN(total[index]!) ? 0 : total[index]!) + value;
    }
  }
  return total;
};

export const sumGauges = (list: readonly Series[], grid: Grid, statistic: Statistic = 'last'): Float64Array =>
  sumOf(
    list.map((series) => gaugeOnGrid(series, grid, statistic)),
    grid,
  );

/** Values that each cover the interval before them, spread over the buckets they overlap, per second. */
const ratePerSecond = (
  tMs: Float64Array,
  values: ArrayLike<number>,
  grid: Grid,
  longestMs = Infinity,
): Float64Array => {
  const rate = empty(grid);
  const interval = Math.min(longestMs, intervalOf(tMs));
  for (let index = 0; index < tMs.length; index += 1) {
    const until = tMs[index]!;
    const previous = index === 0 ? until - interval : tMs[index - 1]!;
    const from = until - previous > Math.min(3 * interval, longestMs) ? until - interval : previous;
    spread(rate, grid, { from, until, perSecond: values[index]! / Math.max(1e-9, (until - from) / 1000) });
  }
  return rate;
};

const spread = (rate: Float64Array, grid: Grid, span: { from: number; until: number; perSecond: number }): void => {
  const first = Math.max(0, Math.floor((span.from - grid.startMs) / grid.stepMs));
  for (let bucket = first; bucket < grid.points; bucket += 1) {
    const start = grid.startMs + bucket * grid.stepMs;
    if (start >= span.until) return;
    const share = (Math.min(span.until, start + grid.stepMs) - Math.max(span.from, start)) / grid.stepMs;
    if (share <= 0) continue;
    rate[bucket] = (Number.isNaN(rate[bucket]!) ? 0 : rate[bucket]!) + span.perSecond * share;
  }
};

/** Δ series (delta per interval) as a rate per second. */
export const deltaRate = (list: readonly Series[], grid: Grid): Float64Array =>
  sumOf(
    list.map((series) => ratePerSecond(series.tMs, series.values, grid)),
    grid,
  );

/** Δ series of rare events, which speak only when something happened: each sample is of the second before it. */
export const eventRate = (list: readonly Series[], grid: Grid): Float64Array =>
  sumOf(
    list.map((series) => ratePerSecond(series.tMs, series.values, grid, 1000)),
    grid,
  );

/** How many such events there have been by the end of each bucket. */
export const eventsSoFar = (list: readonly Series[], grid: Grid): Float64Array => {
  const total = new Float64Array(grid.points).fill(list.length === 0 ? NaN : 0);
  for (const { tMs, values } of list) {
    for (const [index, time] of tMs.entries()) {
      const bucket = Math.max(0, Math.floor((time - grid.startMs) / grid.stepMs));
      if (bucket < grid.points) total[bucket]! += values[index]!;
    }
  }
  let sum = 0;
  return total.map((value) => (sum += value));
};

/** Cumulative counters as a rate per second; a counter that falls was restarted and counts from zero. */
export const cumulativeRate = (list: readonly Series[], grid: Grid): Float64Array =>
  sumOf(
    list.map((series) => {
      const deltas = series.values
        .subarray(1)
        .map((value, index) => (value >= series.values[index]! ? value - series.values[index]! : value));
      return ratePerSecond(series.tMs.subarray(1), deltas, grid);
    }),
    grid,
  );

/** Sum (or count) of Δ histograms per second. */
export const histogramRate = (list: readonly HistogramSeries[], grid: Grid, of: 'sum' | 'count'): Float64Array =>
  sumOf(
    list.map((series) =>
      ratePerSecond(
        series.tMs,
        series.histograms.map((histogram) => histogram[of]),
        grid,
      ),
    ),
    grid,
  );

/** One array per share (0..1): the quantile of everything seen in each bucket, from merged histograms. */
export const quantilesOnGrid = (
  list: readonly HistogramSeries[],
  grid: Grid,
  shares: readonly number[],
): Float64Array[] => {
  const buckets: ExponentialHistogram[][] = Array.from({ length: grid.points }, () => []);
  for (const series of list) {
    for (const [index, time] of series.tMs.entries()) {
      const histogram = series.histograms[index]!;
      // A Δ histogram stands for the time before its stamp.
      if (histogram.count > 0) buckets[Math.floor((time - 1 - grid.startMs) / grid.stepMs)]?.push(histogram);
    }
  }
  const merged = buckets.map((histograms) => (histograms.length === 0 ? null : mergeFast(histograms)));
  // One interval may fall wholly into its neighbour's bucket, since samples are never quite on time.
  const reach = Math.max(2, Math.ceil(1500 / grid.stepMs));
  return shares.map((share) => {
    const values = Float64Array.from(merged, (histogram) =>
      histogram === null ? NaN : (quantile(histogram, share) ?? NaN),
    );
    return fillBack(values, reach);
  });
};

/** Windows that hold enough requests for a p95: 1 s in a short entry, 5 s up to a quarter of an hour, then 10 s. */
const windowFor = (grid: Grid): number => {
  const spanMs = grid.points * grid.stepMs;
  return Math.max(grid.stepMs, spanMs <= 60_000 ? 1000 : spanMs <= 900_000 ? 5000 : 10_000);
};

/** Quantiles of windows wide enough to mean something, repeated over the grid's finer buckets. */
export const windowedQuantiles = (
  list: readonly HistogramSeries[],
  grid: Grid,
  shares: readonly number[],
): Float64Array[] => {
  const stepMs = windowFor(grid);
  const coarse = quantilesOnGrid(
    list,
    { startMs: grid.startMs, stepMs, points: Math.ceil((grid.points * grid.stepMs) / stepMs) },
    shares,
  );
  return coarse.map((values) =>
    Float64Array.from({ length: grid.points }, (_, index) => values[Math.floor((index * grid.stepMs) / stepMs)]!),
  );
};

/** Where the grid is finer than the source: the interval before a value is the one that the value describes. */
const fillBack = (values: Float64Array, reach: number): Float64Array => {
  let next = NaN;
  let distance = 0;
  for (let index = values.length - 1; index >= 0; index -= 1) {
    distance = Number.isNaN(values[index]!) ? distance + 1 : 0;
    if (distance === 0) next = values[index]!;
    else if (distance < reach) values[index] = next;
  }
  return values;
};
