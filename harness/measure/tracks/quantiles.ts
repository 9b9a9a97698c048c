/** Quantiles over time, from merged histograms. */
import { quantile, type ExponentialHistogram } from '../histograms/histogram.ts';
import { mergeFast } from '../histograms/merge-fast.ts';
import type { Grid } from './grid.ts';
import type { HistogramSeries } from './observations.ts';

/** Everything seen in each bucket of the grid; null where nothing was. */
const mergedOnGrid = (list: readonly HistogramSeries[], grid: Grid): (ExponentialHistogram | null)[] => {
  const buckets: ExponentialHistogram[][] = Array.from({ length: grid.points }, () => []);
  for (const series of list) {
    for (const [index, time] of series.tMs.entries()) {
      const histogram = series.histograms[index]!;
      // A Δ histogram stands for the time before its stamp.
      if (histogram.count > 0) buckets[Math.floor((time - 1 - grid.startMs) / grid.stepMs)]?.push(histogram);
    }
  }
  return buckets.map((histograms) => (histograms.length === 0 ? null : mergeFast(histograms)));
};

/** One array per share (0..1): the quantile of everything seen in each bucket. */
export const quantilesOnGrid = (
  list: readonly HistogramSeries[],
  grid: Grid,
  shares: readonly number[],
): Float64Array[] => {
  const merged = mergedOnGrid(list, grid);
  // One interval may fall wholly into its neighbour's bucket, since samples are never quite on time.
  const reach = Math.max(2, Math.ceil(1500 / grid.stepMs));
  return shares.map((share) => {
    const values = Float64Array.from(merged, (histogram) =>
      histogram === null ? NaN : (quantile(histogram, share) ?? NaN),
    );
    return fillBack(values, reach);
  });
};

/** Wide enough to hold enough requests for a p95: 1 s in a short entry, 5 s up to a quarter of an hour, then 10 s. */
const widths = [
  { upToMs: 60_000, wideMs: 1000 },
  { upToMs: 900_000, wideMs: 5000 },
  { upToMs: Infinity, wideMs: 10_000 },
];

const widthFor = (grid: Grid): number => {
  const spanMs = grid.points * grid.stepMs;
  const { wideMs } = widths.find(({ upToMs }) => spanMs <= upToMs)!;
  return Math.max(grid.stepMs, wideMs);
};

/** Quantiles of windows wide enough to mean something, repeated over the grid's finer buckets. */
export const windowedQuantiles = (
  list: readonly HistogramSeries[],
  grid: Grid,
  shares: readonly number[],
): Float64Array[] => {
  const stepMs = widthFor(grid);
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
