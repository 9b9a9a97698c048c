/**
 * Observations put on one even time grid, so that series of different sources can be stacked, compared and drawn.
 * A value that nobody saw is NaN: absent, never zero. Index loops, not iterators, over samples: there are millions.
 */
import type { Series } from './observations.ts';

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

/** The values of a grid on which nothing was seen yet. */
export const emptyValues = (grid: Grid): Float64Array => new Float64Array(grid.points).fill(NaN);

/** So many distances tell a source's interval; all those of an hour would tell no more. */
const sampledGaps = 101;

/**
 * The usual distance of a source's samples: the median of up to 101 distances taken all along; 1 s where there is only
 * one.
 */
export const intervalOf = (tMs: Float64Array): number => {
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
  const values = emptyValues(grid);
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
  const total = emptyValues(grid);
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
