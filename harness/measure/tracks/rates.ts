/** Series that count something, as amounts per second on a grid. */
import { emptyValues, intervalOf, sumOf, type Grid } from './grid.ts';
import type { HistogramSeries, Series } from './observations.ts';

/** Values that each cover the interval before them, spread over the buckets they overlap, per second. */
const overIntervals = (
  tMs: Float64Array,
  values: ArrayLike<number>,
  grid: Grid,
  longestMs = Infinity,
): Float64Array => {
  const rate = emptyValues(grid);
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
    list.map((series) => overIntervals(series.tMs, series.values, grid)),
    grid,
  );

/** Δ series of rare events, which speak only when something happened: each sample is of the second before it. */
export const eventRate = (list: readonly Series[], grid: Grid): Float64Array =>
  sumOf(
    list.map((series) => overIntervals(series.tMs, series.values, grid, 1000)),
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
      return overIntervals(series.tMs.subarray(1), deltas, grid);
    }),
    grid,
  );

/** Sum (or count) of Δ histograms per second. */
export const histogramRate = (list: readonly HistogramSeries[], grid: Grid, of: 'sum' | 'count'): Float64Array =>
  sumOf(
    list.map((series) =>
      overIntervals(
        series.tMs,
        series.histograms.map((histogram) => histogram[of]),
        grid,
      ),
    ),
    grid,
  );
