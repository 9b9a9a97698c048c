/**
 * Waivers: a failure that the team accepts until a day. It stays a failure in words, counts as a warning, and fails
 * again the day after. What could not be judged is never waived: nobody knows what would be accepted.
 */
import { decidingBound, holds } from '../measure/bounds.ts';
import type { CriterionResult, Waiver } from '../result.ts';

/** The run's waivers, and the day on which it began (UTC), as 2026-12-31. */
export interface WaiversOfRun {
  waivers: readonly Waiver[];
  day: string;
}

type State = NonNullable<CriterionResult['waiver']>['state'];

/** A waiver's bound lies beyond the criterion's own; the value must not lie beyond both. */
const keepsBound = (criterion: CriterionResult, limit: number): boolean => {
  const own = decidingBound(criterion);
  if (criterion.value === null || own === undefined) return false;
  // A second condition failed while the value keeps its bound: a bound says nothing of that.
  if (holds(criterion.value, own)) return false;
  const comparator = own.comparator === '=' ? '<=' : own.comparator;
  return criterion.value === limit || holds(criterion.value, { comparator, value: limit });
};

const stateOf = (criterion: CriterionResult, { bound, until }: Waiver, day: string): State => {
  if (day > until) return 'expired';
  return bound == null || keepsBound(criterion, bound) ? 'accepted' : 'exceeded';
};

const order: readonly State[] = ['accepted', 'exceeded', 'expired'];

const wordsOf = ({ until, bound, reason }: Waiver, state: State, unit: string): string => {
  if (state === 'accepted') return `waived until ${until} (${reason})`;
  if (state === 'expired') return `its waiver ended on ${until} (${reason})`;
  return `worse than its waiver accepts, which is ${bound} ${unit} until ${until} (${reason})`;
};

const waived = (criterion: CriterionResult, { waivers, day }: WaiversOfRun): CriterionResult => {
  if (criterion.verdict !== 'fail') return criterion;
  const [best] = waivers
    .filter((one) => one.criterion === criterion.id)
    .map((one) => ({ one, state: stateOf(criterion, one, day) }))
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || b.one.until.localeCompare(a.one.until));
  if (best === undefined) return criterion;
  const { one, state } = best;
  return {
    ...criterion,
    verdict: state === 'accepted' ? 'warn' : 'fail',
    reason: `${wordsOf(one, state, criterion.unit)}: ${criterion.reason}`,
    waiver: { ...one, state },
  };
};

/** The results with what the team accepts. */
export const withWaivers = (criteria: readonly CriterionResult[], given: WaiversOfRun | null): CriterionResult[] =>
  given === null ? [...criteria] : criteria.map((criterion) => waived(criterion, given));
