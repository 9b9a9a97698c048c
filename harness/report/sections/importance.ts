import { byCause, bySeverity } from '../../measure/severity.ts';
import type { CriterionResult, Verdict } from '../../result.ts';

const isBad = (verdict: Verdict): boolean => verdict === 'fail' || verdict === 'warn';

/** Worst first; among the failed the root of the chain of causes first. */
export const byImportance = (criteria: readonly CriterionResult[]): CriterionResult[] =>
  criteria.toSorted((a, b) => bySeverity(a.verdict, b.verdict) || (isBad(a.verdict) ? byCause(a, b) : 0));
