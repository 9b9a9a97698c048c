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

/** The highest value, or what it must be taken for: twice the lower bound of the last bucket that holds any. */
const highestOf = ({ count, sum, max, bounds, counts }: ExplicitHistogram): number => {
  if (max !== null) return max;
  const lastBound = bounds.at(-1) ?? (count > 0 ? sum / count : 1);
  const beyondBounds = (counts[bounds.length] ?? 0) > 0;
  if (beyondBounds) return lastBound * 2;
  return bounds[counts.findLastIndex((inBucket) => inBucket > 0)] ?? lastBound;
};

/** Counts by index as an array from the lowest index on. */
const dense = (byIndex: ReadonlyMap<number, number>): Pick<ExponentialHistogram, 'offset' | 'counts'> => {
  if (byIndex.size === 0) return { offset: 0, counts: [] };
  const offset = Math.min(...byIndex.keys());
  const length = Math.max(...byIndex.keys()) - offset + 1;
  return { offset, counts: Array.from({ length }, (_, index) => byIndex.get(offset + index) ?? 0) };
};

/**
 * An approximation that errs upwards, since a percentile that looks better than it was would pass what should fail:
 * each explicit bucket counts at its upper bound, the last one at the highest value seen, or at twice its lower bound.
 */
export const fromExplicit = (explicit: ExplicitHistogram): ExponentialHistogram => {
  const { count, sum, min, bounds, counts } = explicit;
  const highest = highestOf(explicit);
  const byIndex = new Map<number, number>();
  let zeroCount = 0;
  for (const [position, inBucket] of counts.entries()) {
    if (inBucket === 0) continue;
    const value = Math.min(highest, bounds[position] ?? highest);
    const index = bucketIndex(value, explicitScale);
    if (value <= 0) zeroCount += inBucket;
    else byIndex.set(index, (byIndex.get(index) ?? 0) + inBucket);
  }
  return { scale: explicitScale, count, sum, min: min ?? 0, max: highest, zeroCount, ...dense(byIndex) };
};

const negated = (histogram: ExponentialHistogram): ExponentialHistogram => ({
  ...histogram,
  count: -histogram.count,
  sum: -histogram.sum,
  zeroCount: -histogram.zeroCount,
  counts: histogram.counts.map((count) => -count),
});

/**
 * What came between two cumulative histograms. Lowest and highest are those of the buckets that grew, null where
 * `later` restarted from zero.
 */
export const growthBetween = (
  earlier: ExponentialHistogram,
  later: ExponentialHistogram,
): ExponentialHistogram | null => {
  if (later.count < earlier.count) return null;
  const grown = earlier.count === 0 ? later : mergeHistograms(later, negated(earlier));
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
