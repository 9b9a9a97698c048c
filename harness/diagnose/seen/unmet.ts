/** What keeps an entry from being called well: with it, "nothing is wrong" would stand under a failure. */
import { howToSee, nextStepOfUnknown } from '../../measure/next-steps.ts';
import { byCause } from '../../measure/severity.ts';
import type { CriterionResult, Evidence, ScenarioResult, Verdict } from '../../result.ts';

export interface Unmet {
  verdict: 'fail' | 'inconclusive' | 'warn';
  /** What failed, or is not known, nearest to the root first. */
  what: string;
  /** What was measured of the first, where a criterion says it. */
  measured: Evidence[];
  nextStep: string;
}

const worstFirst = ['fail', 'inconclusive', 'warn'] as const;

const isUnmet = (verdict: Verdict): verdict is Unmet['verdict'] => worstFirst.some((one) => one === verdict);

/** "Tasks start late (and 2 more)". */
const named = ([first, ...others]: readonly CriterionResult[]): string =>
  `${first!.title}${others.length === 0 ? '' : ` (and ${others.length} more)`}`;

const nextStepOf = (worst: CriterionResult, verdict: Unmet['verdict']): string =>
  verdict === 'inconclusive' ? nextStepOfUnknown(worst) : (worst.nextStep ?? 'See what the criterion says of it.');

const longestReason = 200;

/** Of a long reason the first statement. */
const measuredOf = ({ id, reason }: CriterionResult): Evidence[] => {
  const text = reason.length <= longestReason ? reason : reason.split('; ')[0]!;
  return text === '' ? [] : [{ text, source: `criterion ${id}` }];
};

const ofCriteria = (criteria: readonly CriterionResult[], verdict: Unmet['verdict']): Unmet | null => {
  const such = criteria.filter((one) => one.verdict === verdict).toSorted(byCause);
  const [worst] = such;
  if (worst === undefined) return null;
  return { verdict, what: named(such), measured: measuredOf(worst), nextStep: nextStepOf(worst, verdict) };
};

/** A symptom that was to be shown and was not, or an end that came too early, is no criterion. */
const ofEntry = ({ verdict, reason }: ScenarioResult): Unmet | null =>
  isUnmet(verdict) && verdict !== 'warn' && reason !== ''
    ? { verdict, what: reason, measured: [], nextStep: howToSee }
    : null;

/** Null: every criterion that was judged is met. */
export const unmetOf = (entry: ScenarioResult): Unmet | null => {
  for (const verdict of worstFirst) {
    const found = ofCriteria(entry.criteria, verdict);
    if (found !== null) return found;
  }
  return ofEntry(entry);
};
