/** Fisher's exact test of two shares: the chance of a split at least as uneven if both sides were alike. */
import { gammaln } from 'simple-statistics';

const logChoose = (n: number, k: number): number => gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1);

/** `counts` of `totals`, base then head. */
export type Pair = readonly [number, number];

/** One-sided, towards a side that was named beforehand (0 base, 1 head): it has as many, or more (hypergeometric). */
export const fisherTowards = (side: 0 | 1, counts: Pair, totals: Pair): number => {
  const all = totals[0] + totals[1];
  const hits = counts[0] + counts[1];
  const [own, other] = [totals[side], totals[1 - side]!];
  let p = 0;
  for (let count = counts[side]; count <= Math.min(own, hits); count += 1) {
    if (hits - count <= other)
      p += Math.exp(logChoose(own, count) + logChoose(other, hits - count) - logChoose(all, hits));
  }
  return Math.min(1, p);
};

/** One-sided, towards the side that has more. */
export const fisherP = (counts: Pair, totals: Pair): number =>
  fisherTowards(counts[1] / totals[1] >= counts[0] / totals[0] ? 1 : 0, counts, totals);
