/**
 * The order of verdicts, and of causes within one: whoever sorts findings or takes the worst of them does it by this.
 */
import type { CriterionResult, Verdict } from '../result.ts';

/** Worst first. `notApplicable` was not judged, so it is never the worst of several. */
const worstFirst: readonly Verdict[] = ['fail', 'inconclusive', 'warn', 'pass', 'notApplicable'];

/** For sorting, the worst first. */
export const bySeverity = (a: Verdict, b: Verdict): number => worstFirst.indexOf(a) - worstFirst.indexOf(b);

/** The worst verdict that was judged; null where none was. */
export const worstVerdict = (verdicts: readonly Verdict[]): Verdict | null =>
  worstFirst.find((verdict) => verdict !== 'notApplicable' && verdicts.includes(verdict)) ?? null;

/** What has no rank, as a criterion that nobody knows, is taken for a consequence of whatever has one. */
const unranked = 100;

export const causeRankOf = ({ causeRank }: Pick<CriterionResult, 'causeRank'>): number => causeRank ?? unranked;

/** For sorting: nearest to the root of the chain of causes first. */
export const byCause = (a: CriterionResult, b: CriterionResult): number => causeRankOf(a) - causeRankOf(b);
