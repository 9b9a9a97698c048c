import { marginOf } from '../measure/bounds.ts';
import type { CriterionResult, Verdict } from '../result.ts';

/** The rule of the letter, printed in each report. */
export const gradeRule =
  'A: all criteria met, each with at least 10 % of its bound to spare (bounds of zero met exactly; ' +
  'a share that has to be near 100 % needs no room). ' +
  'B: all met, some with less to spare. C: met with a warning. D: one or two criteria failed. ' +
  'F: more failed, or data was lost or corrupted, or the service did not serve. ' +
  'No letter where something could not be judged and nothing failed.';

const roomOfA = 0.1;

/** Share of its (fail) bound that a criterion has to spare; infinite where the bound is zero or an equality. */
const leastMargin = ({ value, bounds }: Pick<CriterionResult, 'value' | 'bounds'>): number => {
  const margins = bounds
    .filter(({ severity }) => severity === 'fail')
    .map((bound) => marginOf(value ?? bound.value, bound) ?? Infinity);
  return Math.min(Infinity, ...margins);
};

/** What is full at its bound by nature (a share that must be at least 95 or 99 of 100) has no room to ask for. */
const hasCeiling = ({ unit, bounds }: CriterionResult): boolean =>
  unit === '%' && bounds.some(({ comparator, value }) => comparator.startsWith('>') && value * (1 + roomOfA) >= 100);

/** `grave`: ids of the criteria of which one failing is enough for an F. */
export const letterOf = (
  criteria: readonly CriterionResult[],
  verdict: Verdict,
  grave: ReadonlySet<string>,
): string | null => {
  const failed = criteria.filter((one) => one.verdict === 'fail');
  if (failed.length > 2 || failed.some(({ id }) => grave.has(id))) return 'F';
  if (failed.length > 0) return 'D';
  if (verdict === 'inconclusive') return null;
  if (verdict === 'warn') return 'C';
  const judged = criteria.filter((one) => one.verdict === 'pass');
  return judged.every((one) => hasCeiling(one) || leastMargin(one) >= roomOfA) ? 'A' : 'B';
};
