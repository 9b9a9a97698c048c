/**
 * Percentiles of many histograms, finer than their merger: merging lowers all to the coarsest scale (one second with a
 * wide range spoils an hour), while here each keeps its own buckets, spread evenly (in the logarithm) over a common
 * fine grid.
 */
import type { ExponentialHistogram } from './histogram.ts';

/** 512 cells an octave: 0.14 % wide. */
const cellsPerOctave = 512;

/** `counts[0]` is the cell `first`. */
export interface Cells {
  counts: Float64Array;
  first: number;
  zeroCount: number;
  count: number;
  min: number;
  max: number;
}

/** How far the values reach, as logarithms to base 2. */
interface Extent {
  lowest: number;
  highest: number;
  octavesPerBucket: number;
}

const extentOf = ({ scale, min, max }: ExponentialHistogram): Extent => ({
  lowest: min > 0 ? Math.log2(min) : -Infinity,
  highest: Math.log2(max),
  octavesPerBucket: 2 ** -scale,
});

/** Between what a bucket's observations lie: no further than the lowest and highest observation. */
const edgesOf = ({ lowest, highest, octavesPerBucket }: Extent, bucket: number): [number, number] => {
  const low = Math.max(lowest, bucket * octavesPerBucket);
  const high = Math.min(highest, (bucket + 1) * octavesPerBucket);
  return low <= high ? [low, high] : [high, low];
};

/** `count` observations between two logarithms, each cell its share. */
const spread = ({ counts, first: origin }: Cells, [low, high]: [number, number], count: number): void => {
  const first = Math.floor(low * cellsPerOctave);
  const last = Math.max(first, Math.ceil(high * cellsPerOctave) - 1);
  const width = high - low;
  for (let cell = first; cell <= last; cell += 1) {
    const share =
      width <= 0
        ? 1 / (last - first + 1)
        : (Math.min(high, (cell + 1) / cellsPerOctave) - Math.max(low, cell / cellsPerOctave)) / width;
    if (share > 0) counts[cell - origin]! += share * count;
  }
};

/** Room for these histograms, and none of them in it. */
export const emptyCells = (histograms: readonly ExponentialHistogram[]): Cells => {
  let [low, high] = [Infinity, -Infinity];
  for (const histogram of histograms) {
    if (histogram.counts.length === 0) continue;
    const extent = extentOf(histogram);
    low = Math.min(low, edgesOf(extent, histogram.offset)[0]);
    high = Math.max(high, edgesOf(extent, histogram.offset + histogram.counts.length - 1)[1]);
  }
  const first = Number.isFinite(low) ? Math.floor(low * cellsPerOctave) - 1 : 0;
  const cells = Number.isFinite(high) ? Math.ceil(high * cellsPerOctave) + 2 - first : 0;
  return { counts: new Float64Array(cells), first, zeroCount: 0, count: 0, min: Infinity, max: -Infinity };
};

/** Lays a histogram into the cells, or with -1 takes it out again. */
export const addToCells = (cells: Cells, histogram: ExponentialHistogram, sign: 1 | -1 = 1): void => {
  cells.count += sign * histogram.count;
  cells.zeroCount += sign * histogram.zeroCount;
  const extent = extentOf(histogram);
  histogram.counts.forEach((inBucket, position) => {
    if (inBucket > 0) spread(cells, edgesOf(extent, histogram.offset + position), sign * inBucket);
  });
};

const cellsOf = (histograms: readonly ExponentialHistogram[]): Cells => {
  const cells = emptyCells(histograms);
  for (const histogram of histograms) {
    cells.min = Math.min(cells.min, histogram.min);
    cells.max = Math.max(cells.max, histogram.max);
    addToCells(cells, histogram);
  }
  return cells;
};

/** The value of that rank, counted from the lowest. */
export const valueAtRank = ({ counts, first, zeroCount, min, max }: Cells, rank: number): number => {
  let seen = zeroCount;
  if (rank <= seen) return 0;
  for (let index = 0; index < counts.length; index += 1) {
    seen += counts[index]!;
    // The shares of one bucket sum up to its count but for rounding.
    if (counts[index]! > 0 && seen >= rank - 1e-6)
      return Math.min(max, Math.max(min, 2 ** ((first + index + 0.5) / cellsPerOctave)));
  }
  return max;
};

/** Histograms laid together once, to be asked many times. */
export interface FinePile {
  count: number;
  max: number;
  /** The value below which `share` (0..1) of all observations lie; null when there are none. */
  quantile(share: number): number | null;
}

export const finePile = (histograms: Iterable<ExponentialHistogram>): FinePile => {
  const cells = cellsOf([...histograms].filter(({ count }) => count > 0));
  return {
    count: cells.count,
    max: cells.max,
    quantile: (share) => (cells.count === 0 ? null : valueAtRank(cells, Math.max(1, share * cells.count))),
  };
};

export const fineQuantile = (histograms: Iterable<ExponentialHistogram>, share: number): number | null =>
  finePile(histograms).quantile(share);
