/** What gates without statistics: criteria that changed their verdict, expectations, and exact counts. */
import type { CriterionResult, ScenarioResult, Verdict } from '../result.ts';
import type { ChangeVerdict, CriterionChange, ExactCount } from './comparison.ts';
import type { EntryPair } from './likeness.ts';

const ranks: Record<Verdict, number> = { notApplicable: 0, pass: 1, warn: 2, inconclusive: 3, fail: 4 };

/**
 * One verdict for a side: with repeats the one that more than half of them had, else inconclusive where any was so,
 * else the worst. A single repeat that failed is a finding of that repeat's page, not of the release.
 */
const verdictOf = (verdicts: readonly Verdict[]): Verdict => {
  const counts = new Map<Verdict, number>();
  for (const verdict of verdicts) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  const major = [...counts].find(([, count]) => count * 2 > verdicts.length)?.[0];
  return major ?? (counts.has('inconclusive') ? 'inconclusive' : [...verdicts].sort((a, b) => ranks[b] - ranks[a])[0]!);
};

const middle = (values: readonly (number | null)[]): number | null => {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  return sorted.length === 0 ? null : sorted[sorted.length >> 1]!;
};

const changeOf = (base: Verdict, head: Verdict): CriterionChange['change'] => {
  if (head === 'fail') return 'regression';
  if (base === 'fail') return head === 'inconclusive' || head === 'notApplicable' ? 'lost' : 'improvement';
  if (head === 'inconclusive') return 'lost';
  return 'other';
};

const criteriaOf = (entries: readonly ScenarioResult[], id: string): CriterionResult[] =>
  entries.flatMap(({ criteria }) => criteria.filter((criterion) => criterion.id === id));

const change = (pair: EntryPair, id: string): CriterionChange[] => {
  const [base, head] = [criteriaOf(pair.base, id), criteriaOf(pair.head, id)];
  if (base.length === 0 || head.length === 0) return [];
  const [before, after] = [verdictOf(base.map(({ verdict }) => verdict)), verdictOf(head.map(({ verdict }) => verdict))];
  if (before === after) return [];
  const shown = head.find(({ verdict }) => verdict === after) ?? head[0]!;
  return [{
    scenario: pair.scenario, variant: pair.variant, criterion: id, title: shown.title, unit: shown.unit, reason: shown.reason,
    base: { verdict: before, value: middle(base.map(({ value }) => value)) }, head: { verdict: after, value: middle(head.map(({ value }) => value)) },
    change: changeOf(before, after),
  }];
};

/** A broken variant that no longer shows its symptoms, or a fixed one that no longer passes. */
const expectation = (pair: EntryPair): CriterionChange[] => {
  const verdict = (entries: readonly ScenarioResult[]): Verdict =>
    verdictOf(entries.map(({ asExpected }) => (asExpected === null ? 'inconclusive' : asExpected ? 'pass' : 'fail')));
  const [before, after] = [verdict(pair.base), verdict(pair.head)];
  if (before === after) return [];
  const symptoms = pair.head[0]!.expected === 'symptoms';
  return [{
    scenario: pair.scenario, variant: pair.variant, criterion: 'as-expected', unit: '', title: symptoms ? 'Shows its symptoms' : 'Meets its criteria',
    base: { verdict: before, value: null }, head: { verdict: after, value: null }, change: changeOf(before, after), reason: pair.head[0]!.reason,
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
