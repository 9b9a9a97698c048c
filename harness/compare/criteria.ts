/** What gates without statistics: criteria that changed their verdict, expectations, and exact counts. */
import { fisherP } from '../measure/statistics/fisher.ts';
import { bySeverity } from '../measure/severity.ts';
import type { CheckResult, CriterionResult, ScenarioResult, Verdict } from '../result.ts';
import type { ChangeVerdict, CriterionChange, ExactCount } from './comparison.ts';
import { entryName, type EntryPair } from './likeness.ts';

const isJudged = (verdict: Verdict): boolean => verdict !== 'inconclusive' && verdict !== 'notApplicable';

/** Below a third of its repeats judged, a side has no verdict. */
const fewestJudged = (repeats: number): number => Math.ceil(repeats / 3);

/**
 * One verdict for a side: the one that most of the judged repeats had, the worse one at a tie. A single repeat that failed
 * or could not be judged is a finding of that repeat's page, not of the release.
 */
const verdictOf = (verdicts: readonly Verdict[]): Verdict => {
  const judged = verdicts.filter((verdict) => verdict !== 'inconclusive');
  if (judged.length < fewestJudged(verdicts.length)) return 'inconclusive';
  const count = (verdict: Verdict): number => judged.filter((one) => one === verdict).length;
  return [...new Set(judged)].sort((a, b) => count(b) - count(a) || bySeverity(a, b))[0]!;
};

const middle = (values: readonly (number | null)[]): number | null => {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  return sorted.length === 0 ? null : sorted[sorted.length >> 1]!;
};

/** The verdict that makes a change of this kind. */
const decides = (kind: CriterionChange['change']): ((verdict: Verdict) => boolean) =>
  kind === 'lost' ? (verdict) => !isJudged(verdict) : (verdict) => verdict === 'fail';

/**
 * Whether repeats of which more have this verdict on one side could be chance: Fisher's exact test, one-sided. All against none
 * is never chance, however few: a criterion that fails in every repeat has failed, and a single run has no chance to weigh.
 */
const couldBeChance = (
  base: readonly Verdict[],
  head: readonly Verdict[],
  decisive: (verdict: Verdict) => boolean,
): boolean => {
  const counts = [base, head].map((verdicts) => verdicts.filter(decisive).length) as [number, number];
  const allAgainstNone =
    (counts[0] === 0 && counts[1] === head.length) || (counts[0] === base.length && counts[1] === 0);
  return !allAgainstNone && base.length > 1 && head.length > 1 && fisherP(counts, [base.length, head.length]) > 0.05;
};

const changeOf = (base: Verdict, head: Verdict): CriterionChange['change'] => {
  if (head === 'fail') return 'regression';
  if (head === 'inconclusive' || (head === 'notApplicable' && isJudged(base))) return 'lost';
  return base === 'fail' ? 'improvement' : 'other';
};

const inWords = (base: readonly Verdict[], head: readonly Verdict[], kind: CriterionChange['change']): string => {
  const of = (verdicts: readonly Verdict[]): string => `${verdicts.filter(decides(kind)).length} of ${verdicts.length}`;
  return `${kind === 'lost' ? 'not judged' : 'fail'} in ${of(base)} repeats of base and ${of(head)} of head`;
};

const criteriaOf = (entries: readonly ScenarioResult[], id: string): CriterionResult[] =>
  entries.flatMap(({ criteria }) => criteria.filter((criterion) => criterion.id === id));

/** One for each repeat; a repeat that does not hold the criterion did not judge it. */
const verdictsOf = (entries: readonly ScenarioResult[], id: string): Verdict[] =>
  entries.map(({ criteria }) => criteria.find((criterion) => criterion.id === id)?.verdict ?? 'notApplicable');

const change = (pair: EntryPair, id: string): CriterionChange[] => {
  const [base, head] = [criteriaOf(pair.base, id), criteriaOf(pair.head, id)];
  const verdicts = { base: verdictsOf(pair.base, id), head: verdictsOf(pair.head, id) };
  const [before, after] = [verdictOf(verdicts.base), verdictOf(verdicts.head)];
  const kind = changeOf(before, after);
  if (before === after || (base.length === 0 && kind === 'other')) return [];
  const byChance = kind !== 'other' && couldBeChance(verdicts.base, verdicts.head, decides(kind));
  const shown = head.find(({ verdict }) => verdict === after) ?? head[0] ?? base[0]!;
  const reason = head.length === 0 ? 'head does not hold this criterion' : shown.reason;
  return [
    {
      scenario: pair.scenario,
      variant: pair.variant,
      criterion: id,
      title: shown.title,
      unit: shown.unit,
      reason: `${byChance ? `${inWords(verdicts.base, verdicts.head, kind)}: this could be chance. ` : ''}${reason}`,
      base: { verdict: before, value: middle(base.map(({ value }) => value)) },
      head: { verdict: after, value: middle(head.map(({ value }) => value)) },
      change: byChance ? 'other' : kind,
    },
  ];
};

/** Checks that base judged and no repeat of head did: their exact count is unknown, not 0. */
const lostChecks = ({ scenario, variant, base, head }: EntryPair): CriterionChange[] => {
  const judged = (entries: readonly ScenarioResult[]): CheckResult[] =>
    entries.flatMap(({ checks }) => checks.filter(({ status }) => status !== 'inconclusive'));
  const still = new Set(judged(head).map(({ id }) => id));
  const gone = new Map(
    judged(base)
      .filter(({ id }) => !still.has(id))
      .map((check) => [check.id, check]),
  );
  return [...gone.values()].map(({ id, title, violations }) => ({
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

/** A broken variant that no longer shows its symptoms, or a fixed one that no longer passes. */
const expectation = (pair: EntryPair): CriterionChange[] => {
  const verdicts = (entries: readonly ScenarioResult[]): Verdict[] =>
    entries.map(({ asExpected }) => (asExpected === null ? 'inconclusive' : asExpected ? 'pass' : 'fail'));
  const [base, head] = [verdicts(pair.base), verdicts(pair.head)];
  const [before, after] = [verdictOf(base), verdictOf(head)];
  const change = changeOf(before, after);
  if (before === after || couldBeChance(base, head, decides(change))) return [];
  const symptoms = pair.head[0]!.expected === 'symptoms';
  return [
    {
      scenario: pair.scenario,
      variant: pair.variant,
      criterion: 'as-expected',
      unit: '',
      title: symptoms ? 'Shows its symptoms' : 'Meets its criteria',
      base: { verdict: before, value: null },
      head: { verdict: after, value: null },
      change,
      reason: pair.head[0]!.reason,
    },
  ];
};

const order: Record<CriterionChange['change'], number> = { regression: 0, lost: 1, improvement: 2, other: 3 };

/**
 * Criteria of variants that are expected to pass; of a broken variant only whether it is as expected, since failing
 * criteria is its purpose. Worst first. `as-expected` is left out where a criterion of the same entry already says why.
 */
export const changedCriteria = (pairs: readonly EntryPair[]): CriterionChange[] =>
  pairs.flatMap((pair) => {
    const ids = [...new Set([...pair.head, ...pair.base].flatMap(({ criteria }) => criteria.map(({ id }) => id)))];
    const changes =
      pair.head[0]!.expected === 'pass' ? [...ids.flatMap((id) => change(pair, id)), ...lostChecks(pair)] : [];
    const explained = changes.some(({ change: kind }) => kind !== 'other');
    return explained ? changes : [...changes, ...expectation(pair)];
  });

/** Entries that base finished and head began but did not, one repeat of several or all: what they would have shown is unknown. */
export const unfinishedEntries = (
  base: readonly ScenarioResult[],
  head: readonly ScenarioResult[],
): CriterionChange[] =>
  [...Map.groupBy(base, entryName)].flatMap(([name, before]) => {
    const after = head.filter((entry) => entryName(entry) === name);
    const unfinished = after.filter(({ state }) => state !== 'finished');
    if (unfinished.length === 0) return [];
    const { name: scenario, variant, entry, state, message } = unfinished[0]!;
    const many = after.length > 1 ? `${unfinished.length} of ${after.length} repeats, the first ` : '';
    return [
      {
        scenario,
        variant,
        criterion: 'ran-to-its-end',
        title: 'Ran to its end',
        unit: '',
        base: { verdict: 'pass', value: null },
        head: { verdict: 'inconclusive', value: null },
        change: couldBeChance(
          before.map(() => 'pass'),
          after.map((one) => (one.state === 'finished' ? 'pass' : 'inconclusive')),
          decides('lost'),
        )
          ? 'other'
          : 'lost',
        reason: `${many}${entry} is "${state}"${message ? `: ${message}` : ''}`,
      },
    ];
  });

export const worstFirst = (changes: readonly CriterionChange[]): CriterionChange[] =>
  changes.toSorted((a, b) => order[a.change] - order[b.change]);

const exactIds = ['lost-data', 'corrupt-data'];

const most = (values: readonly number[]): number => values.reduce((high, value) => Math.max(high, value), 0);

const countVerdict = (base: number, head: number): ChangeVerdict =>
  head > base ? 'regression' : head < base ? 'improvement' : 'same';

/** The worst repeat of each side counts: one lost write is one too many. */
export const exactCounts = (pairs: readonly EntryPair[]): ExactCount[] =>
  pairs
    .filter((pair) => pair.head[0]!.expected === 'pass')
    .flatMap((pair) => {
      const count = (
        id: string,
        title: string,
        of: (entry: ScenarioResult) => number | null | undefined,
      ): ExactCount[] => {
        const [base, head] = [pair.base, pair.head].map((entries) =>
          entries.map(of).filter((value) => typeof value === 'number'),
        );
        if (base!.length === 0 || head!.length === 0) return [];
        const [before, after] = [most(base!), most(head!)];
        return [
          {
            scenario: pair.scenario,
            variant: pair.variant,
            id,
            title,
            base: before,
            head: after,
            verdict: countVerdict(before, after),
          },
        ];
      };
      const checks = pair.head[0]!.checks.map(({ id, title }) =>
        count(id, title, (entry) => {
          const check = entry.checks.find((candidate) => candidate.id === id);
          return check === undefined || check.status === 'inconclusive' ? null : check.violations;
        }),
      );
      const criteria = exactIds.map((id) =>
        count(
          id,
          id === 'lost-data' ? 'acknowledged writes lost or changed' : 'violated invariants',
          (entry) =>
            entry.criteria.find(
              (criterion) =>
                criterion.id === id && criterion.verdict !== 'inconclusive' && criterion.verdict !== 'notApplicable',
            )?.value,
        ),
      );
      return [...criteria, ...checks].flat();
    });
