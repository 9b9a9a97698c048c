/** One verdict for all repeats of a side, what a change of it means, and whether it could be chance. */
import { fisherP } from '../measure/statistics/fisher.ts';
import { bySeverity } from '../measure/severity.ts';
import type { Verdict } from '../result.ts';
import type { CriterionChange } from './comparison.ts';

type ChangeKind = CriterionChange['change'];

const isJudged = (verdict: Verdict): boolean => verdict !== 'inconclusive' && verdict !== 'notApplicable';

/** Below a third of its repeats judged, a side has no verdict. */
const fewestJudged = (repeats: number): number => Math.ceil(repeats / 3);

/**
 * The verdict that most of the judged repeats had, the worse one at a tie. A single repeat that failed or could not be
 * judged is a finding of that repeat's page, not of the release.
 */
export const sideVerdict = (verdicts: readonly Verdict[]): Verdict => {
  const judged = verdicts.filter((verdict) => verdict !== 'inconclusive');
  if (judged.length < fewestJudged(verdicts.length)) return 'inconclusive';
  const count = (verdict: Verdict): number => judged.filter((one) => one === verdict).length;
  return [...new Set(judged)].sort((a, b) => count(b) - count(a) || bySeverity(a, b))[0]!;
};

export const changeOf = (base: Verdict, head: Verdict): ChangeKind => {
  if (head === 'fail') return 'regression';
  if (head === 'inconclusive' || (head === 'notApplicable' && isJudged(base))) return 'lost';
  return base === 'fail' ? 'improvement' : 'other';
};

/** The repeats that make a change of this kind. */
const decisive = (verdicts: readonly Verdict[], kind: ChangeKind): Verdict[] =>
  verdicts.filter((verdict) => (kind === 'lost' ? !isJudged(verdict) : verdict === 'fail'));

const largestChance = 0.05;

/**
 * Whether repeats of which more have the decisive verdict on one side could be chance: Fisher's exact test, one-sided.
 * All against none is never chance, however few: a criterion that fails in every repeat has failed, and a single run
 * has no chance to weigh.
 */
export const couldBeChance = (base: readonly Verdict[], head: readonly Verdict[], kind: ChangeKind): boolean => {
  const [inBase, inHead] = [decisive(base, kind).length, decisive(head, kind).length];
  const onlyInHead = inBase === 0 && inHead === head.length;
  const onlyInBase = inBase === base.length && inHead === 0;
  if (onlyInHead || onlyInBase || base.length <= 1 || head.length <= 1) return false;
  return fisherP([inBase, inHead], [base.length, head.length]) > largestChance;
};

/** `fail in 1 of 6 repeats of base and 2 of 6 of head`. */
export const repeatsInWords = (base: readonly Verdict[], head: readonly Verdict[], kind: ChangeKind): string => {
  const share = (verdicts: readonly Verdict[]): string => `${decisive(verdicts, kind).length} of ${verdicts.length}`;
  return `${kind === 'lost' ? 'not judged' : 'fail'} in ${share(base)} repeats of base and ${share(head)} of head`;
};
