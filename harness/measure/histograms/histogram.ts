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

const downscale = (histogram: ExponentialHistogram, scale: number): { offset: number; counts: number[] } => {
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

/** Both together, at the coarser scale of the two. An empty one changes nothing. */
export const mergeHistograms = (left: ExponentialHistogram, right: ExponentialHistogram): ExponentialHistogram => {
  if (left.count === 0) return right;
  if (right.count === 0) return left;
  const scale = Math.min(
    left.counts.length > 0 ? left.scale : Infinity,
    right.counts.length > 0 ? right.scale : Infinity,
  );
  const total = {
    scale: Number.isFinite(scale) ? scale : 0,
    count: left.count + right.count,
    sum: left.sum + right.sum,
    min: Math.min(left.min, right.min),
    max: Math.max(left.max, right.max),
    zeroCount: left.zeroCount + right.zeroCount,
  };
  const a = downscale(left, total.scale);
  const b = downscale(right, total.scale);
  if (a.counts.length === 0) return { ...total, ...b };
  if (b.counts.length === 0) return { ...total, ...a };
  const offset = Math.min(a.offset, b.offset);
  const length = Math.max(a.offset + a.counts.length, b.offset + b.counts.length) - offset;
  const counts = new Array<number>(length).fill(0);
  a.counts.forEach((count, position) => {
    counts[a.offset - offset + position]! += count;
  });
  b.counts.forEach((count, position) => {
    counts[b.offset - offset + position]! += count;
  });
  return { ...total, offset, counts };
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
