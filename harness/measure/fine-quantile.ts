/**
 * A percentile of many histograms, finer than their merger: merging lowers all to the coarsest scale (one second with a
 * wide range spoils an hour), while here each keeps its own buckets, spread evenly (in the logarithm) over a common fine grid.
 */
import type { ExponentialHistogram } from './histogram.ts';

/** 512 cells an octave: 0.14 % wide. */
const cellsPerOctave = 512;

interface Cells { counts: Map<number, number>; zeroCount: number; count: number; min: number; max: number }

const cellOf = (logarithm: number): number => Math.floor(logarithm * cellsPerOctave);

/** `count` observations between the logarithms (base 2) `low` and `high`, each cell its share. */
const spread = ({ counts }: Cells, low: number, high: number, count: number): void => {
  const first = cellOf(low);
  const last = Math.max(first, Math.ceil(high * cellsPerOctave) - 1);
  const width = high - low;
  for (let cell = first; cell <= last; cell += 1) {
    const share = width <= 0 ? 1 / (last - first + 1)
      : (Math.min(high, (cell + 1) / cellsPerOctave) - Math.max(low, cell / cellsPerOctave)) / width;
    if (share > 0) counts.set(cell, (counts.get(cell) ?? 0) + share * count);
  }
};

/** The lowest and highest buckets reach no further than the lowest and highest observation. */
const add = (cells: Cells, histogram: ExponentialHistogram): void => {
  const { scale, offset, counts, count, zeroCount, min, max } = histogram;
  cells.count += count;
  cells.zeroCount += zeroCount;
  cells.min = Math.min(cells.min, min);
  cells.max = Math.max(cells.max, max);
  const octavesPerBucket = 2 ** -scale;
  const [lowest, highest] = [min > 0 ? Math.log2(min) : -Infinity, Math.log2(max)];
  counts.forEach((inBucket, position) => {
    if (inBucket === 0) return;
    const low = Math.max(lowest, (offset + position) * octavesPerBucket);
    const high = Math.min(highest, (offset + position + 1) * octavesPerBucket);
    spread(cells, Math.min(low, high), Math.max(low, high), inBucket);
  });
};

const valueAtRank = ({ counts, zeroCount, min, max }: Cells, rank: number): number => {
  let seen = zeroCount;
  if (rank <= seen) return 0;
  for (const cell of [...counts.keys()].sort((a, b) => a - b)) {
    seen += counts.get(cell) ?? 0;
    // The shares of one bucket sum up to its count but for rounding.
    if (seen >= rank - 1e-6) return Math.min(max, Math.max(min, 2 ** ((cell + 0.5) / cellsPerOctave)));
  }
  return max;
};

/** The value below which `share` (0..1) of all observations lie; null when there are none. */
export const fineQuantile = (histograms: Iterable<ExponentialHistogram>, share: number): number | null => {
  const cells: Cells = { counts: new Map(), zeroCount: 0, count: 0, min: Infinity, max: -Infinity };
  for (const histogram of histograms) if (histogram.count > 0) add(cells, histogram);
  return cells.count === 0 ? null : valueAtRank(cells, Math.max(1, share * cells.count));
};
