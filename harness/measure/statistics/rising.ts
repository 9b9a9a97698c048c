/**
 * Whether values rise all through, and not only at their start: Mann and Kendall's test, which asks nothing of their
 * distribution, and three thirds of which each lies higher than the one before.
 */
import { pairsOf } from './mann-kendall.ts';

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
};

/** How many more pairs rise than fall, in standard errors of what chance would give. */
const trendOf = (values: readonly number[]): number => {
  const { rise, fall } = pairsOf(values);
  const score = rise - fall;
  const count = values.length;
  const deviation = Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  return (Math.abs(score) <= 1 ? 0 : score - Math.sign(score)) / deviation;
};

/** From here on chance alone is one in some thousand, one-sided. */
const surely = 3.1;
export const fewestToRise = 9;

export interface Rise {
  from: number;
  to: number;
}

/** Null where they do not rise all through, or are too few to tell. */
export const riseOf = (values: readonly number[]): Rise | null => {
  if (values.length < fewestToRise || trendOf(values) < surely) return null;
  const third = Math.floor(values.length / 3);
  const thirds = [values.slice(0, third), values.slice(third, -third), values.slice(-third)].map(median);
  const [first, middle, last] = thirds as [number, number, number];
  return first < middle && middle < last ? { from: first, to: last } : null;
};

/** How many values it takes, from the first on, until they are seen to rise. */
export const firstSeenRising = (values: readonly number[], isRise: (rise: Rise) => boolean): number | null => {
  for (let count = fewestToRise; count <= values.length; count += 1) {
    const rise = riseOf(values.slice(0, count));
    if (rise !== null && isRise(rise)) return count;
  }
  return null;
};
