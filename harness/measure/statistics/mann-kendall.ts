/**
 * Whether values rise with time: the test of Mann (1945) and Kendall (1975), one-sided and exact, with ties, and the
 * slope of Sen (1968).
 *
 * Exact: values of one kind lie among the smaller ones as in a rank sum test, so the pairs that fall are a sum of
 * independent U of Mann and Whitney, one for each kind (a q-multinomial coefficient in other words, MacMahon 1916). The
 * usual normal approximation is wrong where it matters here: nine values that all rise have p 0.000003, and it says
 * 0.0001. Checked against SciPy (kendalltau exact, theilslopes) and against all orders of small samples with ties. No
 * package that the lists of npm name has this test.
 */
import { median } from 'simple-statistics';
import { untiedU } from './mann-whitney.ts';

/** Earlier against later: how many pairs rise, and how many fall. */
export const pairsOf = (values: readonly number[]): { rise: number; fall: number } => {
  let [rise, fall] = [0, 0];
  for (let later = 1; later < values.length; later += 1)
    for (let earlier = 0; earlier < later; earlier += 1) {
      if (values[later]! > values[earlier]!) rise += 1;
      else if (values[later]! < values[earlier]!) fall += 1;
    }
  return { rise, fall };
};

/** The chances of each sum, where the chances of two independent counts are known. */
const sumOf = (some: readonly number[], others: readonly number[]): number[] => {
  const sums = new Array<number>(some.length + others.length - 1).fill(0);
  for (const [first, chance] of some.entries())
    for (const [second, other] of others.entries()) sums[first + second]! += chance * other;
  return sums;
};

const knownChances = new Map<string, number[]>();

/** Of values of which so many are equal each, in any order: the chance of each number of pairs that fall. */
const fallChances = (kinds: readonly number[]): number[] => {
  const key = kinds.join();
  const known = knownChances.get(key);
  if (known !== undefined) return known;
  let chances = [1];
  let before = 0;
  for (const size of kinds) {
    if (before > 0) chances = sumOf(chances, untiedU(before, size));
    before += size;
  }
  knownChances.set(key, chances);
  return chances;
};

/** How probable it is that so few pairs fall, or fewer, where the order means nothing. Up to about 60 values. */
export const risingP = (values: readonly number[]): number => {
  const kinds = [...Map.groupBy(values, (value) => value).values()].map(({ length }) => length).sort((a, b) => a - b);
  const { fall } = pairsOf(values);
  const p = fallChances(kinds)
    .slice(0, fall + 1)
    .reduce((total, chance) => total + chance, 0);
  return Math.min(1, p);
};

export interface SenLine {
  /** By how much the values rise from each to the next: the median over all pairs. */
  slope: number;
  at(position: number): number;
}

/** At least two values. */
export const senLine = (values: readonly number[]): SenLine => {
  const slopes = values.flatMap((value, later) =>
    values.slice(0, later).map((earlierValue, earlier) => (value - earlierValue) / (later - earlier)),
  );
  const slope = median(slopes);
  const intercept = median(values.map((value, position) => value - slope * position));
  return { slope, at: (position) => intercept + slope * position };
};
