import type { ExponentialHistogram } from './histogram.ts';

/** At least 400 an octave over twenty octaves: 0.17 % wide. */
const mostBuckets = 8192;

/** Bucket by bucket, at the common scale. */
const countsOf = (
  histograms: readonly ExponentialHistogram[],
  { scale, first, last }: { scale: number; first: number; last: number },
): number[] => {
  const counts = new Array<number>(last - first + 1).fill(0);
  for (const histogram of histograms) {
    const shift = histogram.scale - scale;
    // An index loop: the iterator costs five times as much, and this runs over every bucket of a run.
    for (let position = 0; position < histogram.counts.length; position += 1) {
      counts[((histogram.offset + position) >> shift) - first]! += histogram.counts[position]!;
    }
  }
  return counts;
};

/**
 * Many histograms at once, at the coarsest scale among them: as `mergeAll`, without a copy per step (charts merge
 * 100,000s).
 */
export const mergeFast = (
  histograms: readonly ExponentialHistogram[],
  buckets: number = mostBuckets,
): ExponentialHistogram => {
  if (histograms.length === 1) return histograms[0]!;
  const positive = histograms.filter((histogram) => histogram.counts.length > 0);
  const total = totalsOf(histograms);
  if (positive.length === 0) return { ...total, scale: 0, offset: 0, counts: [] };
  let scale = positive.reduce((least, histogram) => Math.min(least, histogram.scale), Infinity);
  const range = rangeOf(positive, scale);
  // Histograms of a single value have the finest scale, at which two of them can lie ten million buckets apart.
  while (range.last - range.first >= buckets) {
    scale -= 1;
    range.first >>= 1;
    range.last >>= 1;
  }
  return { ...total, scale, offset: range.first, counts: countsOf(positive, { scale, ...range }) };
};

const rangeOf = (histograms: readonly ExponentialHistogram[], scale: number): { first: number; last: number } => {
  let first = Infinity;
  let last = -Infinity;
  for (const histogram of histograms) {
    const shift = histogram.scale - scale;
    first = Math.min(first, histogram.offset >> shift);
    last = Math.max(last, (histogram.offset + histogram.counts.length - 1) >> shift);
  }
  return { first, last };
};

const totalsOf = (
  histograms: readonly ExponentialHistogram[],
): Pick<ExponentialHistogram, 'count' | 'sum' | 'min' | 'max' | 'zeroCount'> => {
  const total = { count: 0, sum: 0, min: Infinity, max: -Infinity, zeroCount: 0 };
  for (const histogram of histograms) {
    total.count += histogram.count;
    total.sum += histogram.sum;
    total.min = Math.min(total.min, histogram.min);
    total.max = Math.max(total.max, histogram.max);
    total.zeroCount += histogram.zeroCount;
  }
  return total;
};
