/**
 * The smallest change that a comparison would have found in 95 % of its repetitions, from the noise and the number of
 * repeats.
 */
import { mannWhitney } from './mann-whitney.ts';
import { normalFrom, randomFrom } from './random.ts';
import { hodgesLehmann } from './shift.ts';

export interface DetectableInput {
  /** Standard deviation as a share of the level. */
  cv: number;
  baseCount: number;
  headCount: number;
  /** Largest p that counts, after the strictest step of the correction. */
  maximumP: number;
  /** Smallest shift that counts, as a share of the level. */
  minimumChange: number;
}

/** Comparisons that are simulated for each change: a power of 95 % is then known to about one percent. */
const trials = 400;
const largestChange = 4;

const powerAt = (change: number, { cv, baseCount, headCount, maximumP, minimumChange }: DetectableInput): number => {
  // The same seed for every change: power then grows with the change, and the search below is sound.
  const normal = normalFrom(randomFrom(8));
  let found = 0;
  for (let trial = 0; trial < trials; trial += 1) {
    const base = Array.from({ length: baseCount }, () => Math.exp(cv * normal()));
    const head = Array.from({ length: headCount }, () => (1 + change) * Math.exp(cv * normal()));
    if (mannWhitney(base, head).p <= maximumP && hodgesLehmann(base, head) >= minimumChange) found += 1;
  }
  return found / trials;
};

const known = new Map<string, number | null>();

/**
 * A share (0.08 is 8 %); null where even 400 % would be missed. Log-normal noise; simulated with fixed seeds, to a
 * tenth of a percent point.
 */
export const smallestDetectable = (input: DetectableInput, power = 0.95): number | null => {
  const rounded = { ...input, cv: Number(input.cv.toPrecision(2)) };
  const key = JSON.stringify([rounded, power]);
  const before = known.get(key);
  if (before !== undefined) return before;
  let low = 0;
  let high = largestChange;
  const reachable = powerAt(high, rounded) >= power;
  while (reachable && high - low > 0.001) {
    const middle = (low + high) / 2;
    if (powerAt(middle, rounded) >= power) high = middle;
    else low = middle;
  }
  const found = reachable ? high : null;
  known.set(key, found);
  return found;
};
