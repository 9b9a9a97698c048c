/**
 * Base-2 exponential histograms as OpenTelemetry defines them (data model, "ExponentialHistogram"):
 * with base = 2^(2^-scale), bucket i holds values in (base^i, base^(i+1)]. Merging lowers the finer one's
 * scale, which is exact; percentiles are therefore taken from merged histograms, never averaged.
 */
export interface ExponentialHistogram {
  scale: number;
  count: number;
  sum: number;
  min: number;
  max: number;
  zeroCount: number;
  /** Index of the first positive bucket. */
  offset: number;
  counts: number[];
}

export const emptyHistogram = (): ExponentialHistogram => ({
  scale: 20,
  count: 0,
  sum: 0,
  min: Infinity,
  max: -Infinity,
  zeroCount: 0,
  offset: 0,
  counts: [],
});

interface Buckets {
  offset: number;
  counts: number[];
}

const downscale = (histogram: ExponentialHistogram, scale: number): Buckets => {
  const shift = histogram.scale - scale;
  if (shift <= 0 || histogram.counts.length === 0)
    return { offset: histogram.offset >> Math.max(0, shift), counts: histogram.counts };
  const offset = histogram.offset >> shift;
  const counts: number[] = [];
  histogram.counts.forEach((count, position) => {
    const index = ((histogram.offset + position) >> shift) - offset;
    counts[index] = (counts[index] ?? 0) + count;
  });
  return { offset, counts: Array.from(counts, (count) => count ?? 0) };
};

/** Bucket by bucket, of one scale. */
const sumOfBuckets = (left: Buckets, right: Buckets): Buckets => {
  if (left.counts.length === 0) return right;
  if (right.counts.length === 0) return left;
  const offset = Math.min(left.offset, right.offset);
  const end = Math.max(left.offset + left.counts.length, right.offset + right.counts.length);
  const counts = new Array<number>(end - offset).fill(0);
  for (const buckets of [left, right]) {
    buckets.counts.forEach((count, position) => {
      counts[buckets.offset - offset + position]! += count;
    });
  }
  return { offset, counts };
};

/** Both together, at the coarser scale of the two. An empty one changes nothing. */
export const mergeHistograms = (left: ExponentialHistogram, right: ExponentialHistogram): ExponentialHistogram => {
  if (left.count === 0) return right;
  if (right.count === 0) return left;
  const scales = [left, right].filter(({ counts }) => counts.length > 0).map(({ scale }) => scale);
  const scale = scales.length === 0 ? 0 : Math.min(...scales);
  return {
    scale,
    count: left.count + right.count,
    sum: left.sum + right.sum,
    min: Math.min(left.min, right.min),
    max: Math.max(left.max, right.max),
    zeroCount: left.zeroCount + right.zeroCount,
    ...sumOfBuckets(downscale(left, scale), downscale(right, scale)),
  };
};

export const mergeAll = (histograms: Iterable<ExponentialHistogram>): ExponentialHistogram => {
  let merged = emptyHistogram();
  for (const histogram of histograms) merged = mergeHistograms(merged, histogram);
  return merged;
};

/**
 * The value below which `share` (0..1) of the observations lie: nearest rank, geometric middle of its bucket,
 * kept inside [min, max]. Null when empty. Error: half a bucket, (base - 1) / 2 relative.
 */
export const quantile = (histogram: ExponentialHistogram, share: number): number | null => {
  if (histogram.count === 0) return null;
  const rank = Math.max(1, Math.ceil(share * histogram.count));
  if (rank <= histogram.zeroCount) return 0;
  const base = 2 ** (2 ** -histogram.scale);
  let seen = histogram.zeroCount;
  for (const [position, count] of histogram.counts.entries()) {
    seen += count;
    if (seen >= rank) {
      const middle = base ** (histogram.offset + position + 0.5);
      return Math.min(histogram.max, Math.max(histogram.min, middle));
    }
  }
  return histogram.max;
};

/** How many observations lie above `value` (bucket resolution). */
export const countAbove = (histogram: ExponentialHistogram, value: number): number => {
  const base = 2 ** (2 ** -histogram.scale);
  return histogram.counts.reduce(
    (total, count, position) => (base ** (histogram.offset + position + 0.5) > value ? total + count : total),
    0,
  );
};
