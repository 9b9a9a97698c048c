/** Histograms of other kinds brought to the base-2 exponential one. */
import { emptyHistogram, mergeHistograms, type ExponentialHistogram } from './histogram.ts';

/** 2^(1/8): neighbouring buckets are 9 % apart, finer than any explicit bounds in use. */
const explicitScale = 3;

export const bucketIndex = (value: number, scale: number): number => Math.ceil(Math.log2(value) * 2 ** scale) - 1;

export interface ExplicitHistogram {
  count: number;
  sum: number;
  min: number | null;
  max: number | null;
  /** Upper bounds, ascending; the last bucket has none. */
  bounds: readonly number[];
  counts: readonly number[];
}

/**
 * An approximation that errs upwards, since a percentile that looks better than it was would pass what should fail: each
 * explicit bucket counts at its upper bound, the last one at the highest value seen, or at twice its lower bound.
 */
export const fromExplicit = ({ count, sum, min, max, bounds, counts }: ExplicitHistogram): ExponentialHistogram => {
  const lastBound = bounds.at(-1) ?? (count > 0 ? sum / count : 1);
  const highest =
    max ??
    ((counts[bounds.length] ?? 0) > 0 ? lastBound * 2 : (bounds[counts.findLastIndex((one) => one > 0)] ?? lastBound));
  const byIndex = new Map<number, number>();
  let zeroCount = 0;
  for (const [position, inBucket] of counts.entries()) {
    const value = Math.min(highest, bounds[position] ?? highest);
    if (inBucket === 0) continue;
    if (value <= 0) zeroCount += inBucket;
    else
      byIndex.set(bucketIndex(value, explicitScale), (byIndex.get(bucketIndex(value, explicitScale)) ?? 0) + inBucket);
  }
  const offset = Math.min(...byIndex.keys());
  const dense =
    byIndex.size === 0
      ? []
      : Array.from(
          { length: Math.max(...byIndex.keys()) - offset + 1 },
          (_, index) => byIndex.get(offset + index) ?? 0,
        );
  return {
    scale: explicitScale,
    count,
    sum,
    min: min ?? 0,
    max: highest,
    zeroCount,
    offset: byIndex.size === 0 ? 0 : offset,
    counts: dense,
  };
};

/** What came between two cumulative histograms. Lowest and highest are those of the buckets that grew, null where `later` restarted from zero. */
export const growthBetween = (
  earlier: ExponentialHistogram,
  later: ExponentialHistogram,
): ExponentialHistogram | null => {
  if (later.count < earlier.count) return null;
  const negative = {
    ...earlier,
    count: -earlier.count,
    sum: -earlier.sum,
    zeroCount: -earlier.zeroCount,
    counts: earlier.counts.map((count) => -count),
  };
  const grown = earlier.count === 0 ? later : mergeHistograms(later, negative);
  const first = grown.counts.findIndex((count) => count > 0);
  if (grown.count === 0) return emptyHistogram();
  if (grown.counts.some((count) => count < 0)) return null;
  const last = grown.counts.findLastIndex((count) => count > 0);
  const base = 2 ** (2 ** -grown.scale);
  return {
    ...grown,
    min: grown.zeroCount > 0 || first < 0 ? 0 : Math.max(later.min, base ** (grown.offset + first)),
    max: last < 0 ? 0 : Math.min(later.max, base ** (grown.offset + last + 1)),
  };
};
