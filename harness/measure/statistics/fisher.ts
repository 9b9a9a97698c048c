/**
 * Fisher's exact test of two shares, one-sided towards the side that has more: the chance of a split at least as
 * uneven if both sides were alike (hypergeometric). `counts` of `totals`, base then head.
 */
import { gammaln } from 'simple-statistics';

const logChoose = (n: number, k: number): number => gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1);

export const fisherP = (counts: readonly [number, number], totals: readonly [number, number]): number => {
  const all = totals[0] + totals[1];
  const hits = counts[0] + counts[1];
  const more = counts[1] / totals[1] >= counts[0] / totals[0] ? 1 : 0;
  const [own, other] = [totals[more], totals[1 - more]!];
  let p = 0;
  for (let count = counts[more]; count <= Math.min(own, hits); count += 1) {
    if (hits - count <= other)
      p += Math.exp(logChoose(own, count) + logChoose(other, hits - count) - logChoose(all, hits));
  }
  return Math.min(1, p);
};
