/**
 * Holm's step-down over Fisher's exact tests, with what each of them can reach (after R. Tarone 1990; P. Westfall and
 * R. Wolfinger 1997). The bound at each step is the sum, over the tests still in play, of the chance that such a test
 * has so small a p by chance: what hardly ever happens on either side can never have a small p, and costs the others
 * nothing. The chance of one or more false rejections is ≤ alpha, whatever their dependence.
 */
import { fisherTowards, type Pair } from './fisher.ts';

export interface SplitTest {
  /** How often it happened, of how many repeats; base, then head. */
  counts: Pair;
  totals: Pair;
}

/** Rounding of a sum of exponentials must not part two equal p. */
const tolerance = 1e-9;

/** All p that a test with these margins can have, towards that side, ascending. */
const reachable = (side: 0 | 1, { counts, totals }: SplitTest): number[] => {
  const hits = counts[0] + counts[1];
  const most = Math.min(totals[side], hits);
  const least = Math.max(0, hits - totals[1 - side]!);
  return Array.from({ length: most - least + 1 }, (_, step) => {
    const own = most - step;
    return fisherTowards(side, side === 1 ? [hits - own, own] : [own, hits - own], totals);
  });
};

/** The chance that a p at most so large comes out: the largest that can, since each is its own chance. */
const chanceOf = (p: number, ascending: readonly number[]): number =>
  ascending.findLast((one) => one <= p + tolerance) ?? 0;

/**
 * The chance that `discreteHolm` calls anything at all at this level, by what the tests can reach: at most `level`, and
 * often far less. It depends on how often everything happened, both sides together, and not on which side it happened,
 * so that other tests of the same repeats may have what is left.
 */
export const chanceTaken = (side: 0 | 1, tests: readonly SplitTest[], level: number): number => {
  const possible = tests.map((test) => reachable(side, test));
  const sums = possible
    .flat()
    .map((p) => possible.reduce((sum, ofTest) => sum + chanceOf(p, ofTest), 0))
    .filter((sum) => sum <= level);
  return Math.max(0, ...sums);
};

/** Adjusted p of each test, in the order given, for more of it on that side (0 base, 1 head). */
export const discreteHolm = (side: 0 | 1, tests: readonly SplitTest[]): number[] => {
  const pValues = tests.map(({ counts, totals }) => fisherTowards(side, counts, totals));
  const possible = tests.map((test) => reachable(side, test));
  const order = pValues.map((_, position) => position).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(tests.length);
  let highest = 0;
  order.forEach((position, rank) => {
    const inPlay = order.slice(rank);
    const bound = inPlay.reduce((sum, other) => sum + chanceOf(pValues[position]!, possible[other]!), 0);
    highest = Math.max(highest, Math.min(1, bound));
    adjusted[position] = highest;
  });
  return adjusted;
};
