/** What gates without statistics: criteria that changed their verdict, checks that are gone, and expectations. */
import type { CheckResult, CriterionResult, ScenarioResult, Verdict } from '../result.ts';
import type { CriterionChange } from './comparison.ts';
import { changeOf, couldBeChance, repeatsInWords, sideVerdict } from './criterion-verdicts.ts';
import { entryName, type EntryPair } from './entries.ts';

/** The middle one, the upper of two: a value that some repeat had, so that nobody reads of 2.5 lost writes. */
const middleValue = (criteria: readonly CriterionResult[]): number | null => {
  const known = criteria.map(({ value }) => value).filter((value) => value !== null);
  return known.sort((a, b) => a - b)[known.length >> 1] ?? null;
};

const criteriaOf = (entries: readonly ScenarioResult[], id: string): CriterionResult[] =>
  entries.flatMap(({ criteria }) => criteria.filter((criterion) => criterion.id === id));

/** One for each repeat; a repeat that does not hold the criterion did not judge it. */
const verdictsOf = (entries: readonly ScenarioResult[], id: string): Verdict[] =>
  entries.map(({ criteria }) => criteria.find((criterion) => criterion.id === id)?.verdict ?? 'notApplicable');

/** What the page shows of a criterion that changed: the repeat that has the verdict of its side. */
const shownOf = (
  base: readonly CriterionResult[],
  head: readonly CriterionResult[],
  verdict: Verdict,
): Pick<CriterionChange, 'title' | 'unit' | 'reason'> => {
  const { title, unit, reason } = head.find((criterion) => criterion.verdict === verdict) ?? head[0] ?? base[0]!;
  return { title, unit, reason: head.length === 0 ? 'head does not hold this criterion' : reason };
};

/** The change of one criterion; null where there is none to tell. */
const criterionChange = (pair: EntryPair, id: string): CriterionChange | null => {
  const [base, head] = [criteriaOf(pair.base, id), criteriaOf(pair.head, id)];
  const [ofBase, ofHead] = [verdictsOf(pair.base, id), verdictsOf(pair.head, id)];
  const [before, after] = [sideVerdict(ofBase), sideVerdict(ofHead)];
  const change = changeOf(before, after);
  if (before === after || (base.length === 0 && change === 'other')) return null;
  const byChance = change !== 'other' && couldBeChance(ofBase, ofHead, change);
  const doubt = byChance ? `${repeatsInWords(ofBase, ofHead, change)}: this could be chance. ` : '';
  const { title, unit, reason } = shownOf(base, head, after);
  return {
    scenario: pair.scenario,
    variant: pair.variant,
    criterion: id,
    title,
    unit,
    reason: `${doubt}${reason}`,
    base: { verdict: before, value: middleValue(base) },
    head: { verdict: after, value: middleValue(head) },
    change: byChance ? 'other' : change,
  };
};

const judgedChecks = (entries: readonly ScenarioResult[]): CheckResult[] =>
  entries.flatMap(({ checks }) => checks.filter(({ status }) => status !== 'inconclusive'));

/** Checks that base judged and no repeat of head did: their exact count is unknown, not 0. */
const lostChecks = ({ scenario, variant, base, head }: EntryPair): CriterionChange[] => {
  const still = new Set(judgedChecks(head).map(({ id }) => id));
  const gone = judgedChecks(base).filter(({ id }) => !still.has(id));
  // By id: of several repeats the last one stands for base.
  return [...new Map(gone.map((check) => [check.id, check])).values()].map(({ id, title, violations }) => ({
    scenario,
    variant,
    criterion: `check-${id}`,
    title,
    unit: '1',
    base: { verdict: violations > 0 ? 'fail' : 'pass', value: violations },
    head: { verdict: 'inconclusive', value: null },
    change: 'lost',
    reason:
      head.flatMap(({ checks }) => checks).find((check) => check.id === id)?.reason ?? 'head does not hold this check',
  }));
};

const expectationVerdict = ({ asExpected }: ScenarioResult): Verdict => {
  if (asExpected === null) return 'inconclusive';
  return asExpected ? 'pass' : 'fail';
};

/** A broken variant that no longer shows its symptoms, or a fixed one that no longer passes. */
const expectationChange = (pair: EntryPair): CriterionChange | null => {
  const [base, head] = [pair.base.map(expectationVerdict), pair.head.map(expectationVerdict)];
  const [before, after] = [sideVerdict(base), sideVerdict(head)];
  const change = changeOf(before, after);
  if (before === after || couldBeChance(base, head, change)) return null;
  const symptoms = pair.head[0]!.expected === 'symptoms';
  return {
    scenario: pair.scenario,
    variant: pair.variant,
    criterion: 'as-expected',
    unit: '',
    title: symptoms ? 'Shows its symptoms' : 'Meets its criteria',
    base: { verdict: before, value: null },
    head: { verdict: after, value: null },
    change,
    reason: pair.head[0]!.reason,
  };
};

const changesOf = (pair: EntryPair): CriterionChange[] => {
  const ids = new Set([...pair.head, ...pair.base].flatMap(({ criteria }) => criteria.map(({ id }) => id)));
  const judged =
    pair.head[0]!.expected === 'pass'
      ? [...[...ids].map((id) => criterionChange(pair, id)), ...lostChecks(pair)].filter((change) => change !== null)
      : [];
  const explained = judged.some(({ change }) => change !== 'other');
  const expectation = explained ? null : expectationChange(pair);
  return expectation === null ? judged : [...judged, expectation];
};

/**
 * Criteria of variants that are expected to pass; of a broken variant only whether it is as expected, since failing
 * criteria is its purpose. `as-expected` is left out where a criterion of the same entry already says why.
 */
export const changedCriteria = (pairs: readonly EntryPair[]): CriterionChange[] => pairs.flatMap(changesOf);

const ranToItsEnd = ({ state }: ScenarioResult): boolean => state === 'finished';
const endVerdict = (entry: ScenarioResult): Verdict => (ranToItsEnd(entry) ? 'pass' : 'inconclusive');

const unfinishedChange = (
  before: readonly ScenarioResult[],
  after: readonly ScenarioResult[],
): CriterionChange | null => {
  const unfinished = after.filter((entry) => !ranToItsEnd(entry));
  if (unfinished.length === 0) return null;
  const { name: scenario, variant, entry, state, message } = unfinished[0]!;
  const many = after.length > 1 ? `${unfinished.length} of ${after.length} repeats, the first ` : '';
  return {
    scenario,
    variant,
    criterion: 'ran-to-its-end',
    title: 'Ran to its end',
    unit: '',
    base: { verdict: 'pass', value: null },
    head: { verdict: 'inconclusive', value: null },
    change: couldBeChance(before.map(endVerdict), after.map(endVerdict), 'lost') ? 'other' : 'lost',
    reason: `${many}${entry} is "${state}"${message ? `: ${message}` : ''}`,
  };
};

/**
 * Entries that base finished and head began but did not finish, one repeat of several or all: what they would have
 * shown is unknown.
 */
export const unfinishedEntries = (
  base: readonly ScenarioResult[],
  head: readonly ScenarioResult[],
): CriterionChange[] => {
  const begun = Map.groupBy(head, entryName);
  return [...Map.groupBy(base, entryName)]
    .map(([name, before]) => unfinishedChange(before, begun.get(name) ?? []))
    .filter((change) => change !== null);
};

const order: Record<CriterionChange['change'], number> = { regression: 0, lost: 1, improvement: 2, other: 3 };

export const worstFirst = (changes: readonly CriterionChange[]): CriterionChange[] =>
  changes.toSorted((a, b) => order[a.change] - order[b.change]);
