/** What gates without statistics: criteria that changed their verdict, expectations, and exact counts. */
import { fisherP } from '../measure/statistics/fisher.ts';
import type { CriterionResult, ScenarioResult, Verdict } from '../result.ts';
import type { ChangeVerdict, CriterionChange, ExactCount } from './comparison.ts';
import type { EntryPair } from './likeness.ts';

const ranks: Record<Verdict, number> = { notApplicable: 0, pass: 1, warn: 2, inconclusive: 3, fail: 4 };

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
  return [...new Set(judged)].sort((a, b) => count(b) - count(a) || ranks[b] - ranks[a])[0]!;
};

const middle = (values: readonly (number | null)[]): number | null => {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  return sorted.length === 0 ? null : sorted[sorted.length >> 1]!;
};

/**
 * Whether repeats of which more have this verdict on one side could be chance: Fisher's exact test, one-sided. Single runs have
 * no chance to weigh: there a failed criterion is a failed criterion, and a lost one is lost.
 */
const couldBeChance = (base: readonly Verdict[], head: readonly Verdict[], verdict: Verdict): boolean => {
  if (base.length < 2 || head.length < 2) return false;
  const counts = [base, head].map((verdicts) => verdicts.filter((one) => one === verdict).length) as [number, number];
  return fisherP(counts, [base.length, head.length]) > 0.05;
};

const changeOf = (base: Verdict, head: Verdict): CriterionChange['change'] => {
  if (head === 'fail') return 'regression';
  if (base === 'fail') return head === 'inconclusive' || head === 'notApplicable' ? 'lost' : 'improvement';
  if (head === 'inconclusive') return 'lost';
  return 'other';
};

const inWords = (base: readonly Verdict[], head: readonly Verdict[], verdict: Verdict): string => {
  const of = (verdicts: readonly Verdict[]): string => `${verdicts.filter((one) => one === verdict).length} of ${verdicts.length}`;
  return `${verdict} in ${of(base)} repeats of base and ${of(head)} of head`;
};

const criteriaOf = (entries: readonly ScenarioResult[], id: string): CriterionResult[] =>
  entries.flatMap(({ criteria }) => criteria.filter((criterion) => criterion.id === id));

const change = (pair: EntryPair, id: string): CriterionChange[] => {
  const [base, head] = [criteriaOf(pair.base, id), criteriaOf(pair.head, id)];
  if (base.length === 0 || head.length === 0) return [];
  const verdicts = { base: base.map(({ verdict }) => verdict), head: head.map(({ verdict }) => verdict) };
  const [before, after] = [verdictOf(verdicts.base), verdictOf(verdicts.head)];
  if (before === after) return [];
  const kind = changeOf(before, after);
  const deciding = kind === 'lost' ? 'inconclusive' : 'fail';
  const byChance = kind !== 'other' && couldBeChance(verdicts.base, verdicts.head, deciding);
  const shown = head.find(({ verdict }) => verdict === after) ?? head[0]!;
  return [{
    scenario: pair.scenario, variant: pair.variant, criterion: id, title: shown.title, unit: shown.unit, reason: `${byChance ? `${inWords(verdicts.base, verdicts.head, deciding)}: this could be chance. ` : ''}${shown.reason}`,
    base: { verdict: before, value: middle(base.map(({ value }) => value)) }, head: { verdict: after, value: middle(head.map(({ value }) => value)) },
    change: byChance ? 'other' : kind,
  }];
};

/** A broken variant that no longer shows its symptoms, or a fixed one that no longer passes. */
const expectation = (pair: EntryPair): CriterionChange[] => {
  const verdicts = (entries: readonly ScenarioResult[]): Verdict[] => entries.map(({ asExpected }) => (asExpected === null ? 'inconclusive' : asExpected ? 'pass' : 'fail'));
  const [base, head] = [verdicts(pair.base), verdicts(pair.head)];
  const [before, after] = [verdictOf(base), verdictOf(head)];
  const change = changeOf(before, after);
  if (before === after || couldBeChance(base, head, change === 'lost' ? 'inconclusive' : 'fail')) return [];
  const symptoms = pair.head[0]!.expected === 'symptoms';
  return [{
    scenario: pair.scenario, variant: pair.variant, criterion: 'as-expected', unit: '', title: symptoms ? 'Shows its symptoms' : 'Meets its criteria',
    base: { verdict: before, value: null }, head: { verdict: after, value: null }, change, reason: pair.head[0]!.reason,
  }];
};

const order: Record<CriterionChange['change'], number> = { regression: 0, lost: 1, improvement: 2, other: 3 };

/**
 * Criteria of variants that are expected to pass; of a broken variant only whether it is as expected, since failing
 * criteria is its purpose. Worst first. `as-expected` is left out where a criterion of the same entry already says why.
 */
export const changedCriteria = (pairs: readonly EntryPair[]): CriterionChange[] =>
  pairs.flatMap((pair) => {
    const ids = [...new Set(pair.head.flatMap(({ criteria }) => criteria.map(({ id }) => id)))];
    const changes = pair.head[0]!.expected === 'pass' ? ids.flatMap((id) => change(pair, id)) : [];
    const explained = changes.some(({ change: kind }) => kind !== 'other');
    return explained ? changes : [...changes, ...expectation(pair)];
  }).sort((a, b) => order[a.change] - order[b.change]);

const exactIds = ['lost-data', 'corrupt-data'];

const most = (values: readonly number[]): number => values.reduce((high, value) => Math.max(high, value), 0);

const countVerdict = (base: number, head: number): ChangeVerdict => (head > base ? 'regression' : head < base ? 'improvement' : 'same');

/** The worst repeat of each side counts: one lost write is one too many. */
export const exactCounts = (pairs: readonly EntryPair[]): ExactCount[] =>
  pairs.filter((pair) => pair.head[0]!.expected === 'pass').flatMap((pair) => {
    const count = (id: string, title: string, of: (entry: ScenarioResult) => number | null | undefined): ExactCount[] => {
      const [base, head] = [pair.base, pair.head].map((entries) => entries.map(of).filter((value) => typeof value === 'number'));
      if (base!.length === 0 || head!.length === 0) return [];
      const [before, after] = [most(base!), most(head!)];
      return [{ scenario: pair.scenario, variant: pair.variant, id, title, base: before, head: after, verdict: countVerdict(before, after) }];
    };
    const checks = pair.head[0]!.checks.map(({ id, title }) => count(id, title, (entry) => {
      const check = entry.checks.find((candidate) => candidate.id === id);
      return check === undefined || check.status === 'inconclusive' ? null : check.violations;
    }));
    const criteria = exactIds.map((id) => count(id, id === 'lost-data' ? 'acknowledged writes lost or changed' : 'violated invariants', (entry) =>
      entry.criteria.find((criterion) => criterion.id === id && criterion.verdict !== 'inconclusive' && criterion.verdict !== 'notApplicable')?.value));
    return [...criteria, ...checks].flat();
  });
