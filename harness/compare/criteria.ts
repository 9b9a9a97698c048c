/** What gates without statistics of figures: criteria, checks and expectations that changed over the repeats. */
import type { CheckResult, CriterionResult, ScenarioResult, Verdict } from '../result.ts';
import type { CriterionChange } from './comparison.ts';
import { weigh, type RepeatVerdicts, type VerdictChances } from './criterion-verdicts.ts';
import type { EntryPair } from './entries.ts';

/** The chances of one criterion, by what `verdictsOf` gives of it. */
export type ChancesOf = (verdicts: RepeatVerdicts) => VerdictChances;

/** The middle one, the upper of two: a value that some repeat had, so that nobody reads of 2.5 lost writes. */
const middleValue = (criteria: readonly CriterionResult[]): number | null => {
  const known = criteria.map(({ value }) => value).filter((value) => value !== null);
  return known.sort((a, b) => a - b)[known.length >> 1] ?? null;
};

const criteriaOf = (entries: readonly ScenarioResult[], id: string): CriterionResult[] =>
  entries.flatMap(({ criteria }) => criteria.filter((criterion) => criterion.id === id));

const inAllRepeats = (
  { scenario, variant, base, head }: EntryPair,
  id: string,
  of: (entry: ScenarioResult) => Verdict,
): RepeatVerdicts => ({ scenario, variant, id, base: base.map(of), head: head.map(of) });

/** A repeat that does not hold the criterion did not judge it. */
const criterionVerdicts = (pair: EntryPair, id: string): RepeatVerdicts =>
  inAllRepeats(
    pair,
    id,
    ({ criteria }) => criteria.find((criterion) => criterion.id === id)?.verdict ?? 'notApplicable',
  );

/** What the page shows of a criterion that changed: the repeat that has the verdict of its side. */
const shownOf = (
  base: readonly CriterionResult[],
  head: readonly CriterionResult[],
  verdict: Verdict,
): Pick<CriterionChange, 'title' | 'unit' | 'reason'> => {
  const { title, unit, reason } = head.find((criterion) => criterion.verdict === verdict) ?? head[0] ?? base[0]!;
  return { title, unit, reason: head.length === 0 ? 'head does not hold this criterion' : reason };
};

/** The value in the repeats that came out so, or in all where none did. */
const valueOf = (criteria: readonly CriterionResult[], verdict: Verdict): number | null => {
  const own = criteria.filter((one) => one.verdict === verdict);
  return middleValue(own.length === 0 ? criteria : own);
};

/** `failed in 0 of 10 repeats of base and 4 of 10 of head. ` */
const repeatsText = (repeats: string | null, byChance: boolean): string => {
  if (repeats === null) return '';
  return byChance ? `${repeats}: this could be chance. ` : `${repeats}. `;
};

/** The change of one criterion; null where there is none to tell. */
const criterionChange = (pair: EntryPair, id: string, chances: ChancesOf): CriterionChange | null => {
  const verdicts = criterionVerdicts(pair, id);
  const weighed = weigh(verdicts, chances(verdicts));
  const [base, head] = [criteriaOf(pair.base, id), criteriaOf(pair.head, id)];
  if (weighed === null || (base.length === 0 && weighed.change === 'other')) return null;
  const { change, repeats, byChance, undecided } = weighed;
  const { title, unit, reason } = shownOf(base, head, weighed.head);
  return {
    scenario: pair.scenario,
    variant: pair.variant,
    criterion: id,
    title,
    unit,
    reason: `${repeatsText(repeats, byChance)}${reason}`,
    base: { verdict: weighed.base, value: valueOf(base, weighed.base) },
    head: { verdict: weighed.head, value: valueOf(head, weighed.head) },
    change,
    repeats,
    undecided,
  };
};

const checksOf = (entries: readonly ScenarioResult[], id: string): CheckResult[] =>
  entries.flatMap(({ checks }) => checks.filter((check) => check.id === id));

const checkVerdict = ({ checks }: ScenarioResult, id: string): Verdict => {
  const check = checks.find((one) => one.id === id);
  if (check === undefined || check.status === 'inconclusive') return 'inconclusive';
  return check.violations > 0 ? 'fail' : 'pass';
};

const checkVerdicts = (pair: EntryPair, id: string): RepeatVerdicts =>
  inAllRepeats(pair, `check-${id}`, (entry) => checkVerdict(entry, id));

/** A check whose count head no longer knows: unknown, not 0. What was counted is told by the exact counts. */
const lostCheck = (pair: EntryPair, id: string, chances: ChancesOf): CriterionChange | null => {
  const verdicts = checkVerdicts(pair, id);
  const weighed = weigh(verdicts, chances(verdicts));
  if (weighed?.change !== 'lost') return null;
  const before = checksOf(pair.base, id).findLast(({ status }) => status !== 'inconclusive') ?? null;
  if (before === null) return null;
  const unjudged = checksOf(pair.head, id).find(({ status }) => status === 'inconclusive');
  return {
    scenario: pair.scenario,
    variant: pair.variant,
    criterion: `check-${id}`,
    title: before.title,
    unit: '1',
    base: { verdict: before.violations > 0 ? 'fail' : 'pass', value: before.violations },
    head: { verdict: 'inconclusive', value: null },
    change: 'lost',
    reason: `${repeatsText(weighed.repeats, false)}${unjudged?.reason ?? 'head does not hold this check'}`,
    repeats: weighed.repeats,
  };
};

const expectationVerdict = ({ asExpected }: ScenarioResult): Verdict => {
  if (asExpected === null) return 'inconclusive';
  return asExpected ? 'pass' : 'fail';
};

const expectationVerdicts = (pair: EntryPair): RepeatVerdicts => inAllRepeats(pair, 'as-expected', expectationVerdict);

/** A broken variant that no longer shows its symptoms, or a fixed one that no longer passes. */
const expectationChange = (pair: EntryPair, chances: ChancesOf): CriterionChange | null => {
  const verdicts = expectationVerdicts(pair);
  const weighed = weigh(verdicts, chances(verdicts));
  if (weighed === null || (weighed.byChance && weighed.undecided === undefined)) return null;
  const { change, repeats, undecided } = weighed;
  const shown = pair.head.find((entry) => expectationVerdict(entry) === weighed.head) ?? pair.head[0]!;
  return {
    scenario: pair.scenario,
    variant: pair.variant,
    criterion: 'as-expected',
    unit: '',
    title: shown.expected === 'symptoms' ? 'Shows its symptoms' : 'Meets its criteria',
    base: { verdict: weighed.base, value: null },
    head: { verdict: weighed.head, value: null },
    change,
    reason: `${repeatsText(repeats, weighed.byChance)}${shown.reason}`,
    repeats,
    undecided,
  };
};

/** A broken variant fails criteria by purpose: of it only the expectation counts. */
const isToPass = ({ head }: EntryPair): boolean => head[0]!.expected === 'pass';

const idsOf = (pair: EntryPair, of: (entry: ScenarioResult) => readonly { id: string }[]): string[] =>
  isToPass(pair) ? [...new Set([...pair.head, ...pair.base].flatMap(of).map(({ id }) => id))] : [];

const criterionIds = (pair: EntryPair): string[] => idsOf(pair, ({ criteria }) => criteria);
const checkIds = (pair: EntryPair): string[] => idsOf(pair, ({ checks }) => checks);

/** Verdicts that may fail or be lost, of all pairs: what chance is weighed over. */
export const weighedVerdicts = (pairs: readonly EntryPair[]): RepeatVerdicts[] =>
  pairs.flatMap((pair) => [...criterionIds(pair).map((id) => criterionVerdicts(pair, id)), expectationVerdicts(pair)]);

/** Checks are lost like criteria; what they count is an exact count of its own. */
export const checkedVerdicts = (pairs: readonly EntryPair[]): RepeatVerdicts[] =>
  pairs.flatMap((pair) => checkIds(pair).map((id) => checkVerdicts(pair, id)));

const changesOf = (pair: EntryPair, chances: ChancesOf): CriterionChange[] => {
  const judged = [
    ...criterionIds(pair).map((id) => criterionChange(pair, id, chances)),
    ...checkIds(pair).map((id) => lostCheck(pair, id, chances)),
  ].filter((change) => change !== null);
  const expectation = expectationChange(pair, chances);
  const sameDoubt = (change: CriterionChange): boolean => (expectation?.undecided && change.undecided) !== undefined;
  const explained = judged.some((change) => change.change !== 'other' || sameDoubt(change));
  return expectation === null || explained ? judged : [...judged, expectation];
};

/**
 * Criteria of variants that are expected to pass; of a broken variant only whether it is as expected, since failing
 * criteria is its purpose. `as-expected` is left out where a criterion of the same entry already says why.
 */
export const changedCriteria = (pairs: readonly EntryPair[], chances: ChancesOf): CriterionChange[] =>
  pairs.flatMap((pair) => changesOf(pair, chances));

const order: Record<CriterionChange['change'], number> = { regression: 0, lost: 1, improvement: 2, other: 3 };

export const worstFirst = (changes: readonly CriterionChange[]): CriterionChange[] =>
  changes.toSorted((a, b) => order[a.change] - order[b.change]);
