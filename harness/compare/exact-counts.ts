/** Violations, lost writes, duplicates: counted, so one more of them is a regression without any statistics. */
import type { ScenarioResult } from '../result.ts';
import type { ChangeVerdict, CriterionChange, ExactCount } from './comparison.ts';
import type { EntryPair } from './entries.ts';

/** One thing that is counted in an entry; null where the entry could not count it. */
interface Counter {
  id: string;
  /** The criterion or check that is lost where it is not counted. */
  criterion: string;
  title: string;
  of(entry: ScenarioResult): number | null;
}

const criterionCounter = (id: string, title: string): Counter => ({
  id,
  criterion: id,
  title,
  of: ({ criteria }) => {
    const criterion = criteria.find((candidate) => candidate.id === id);
    const isJudged = !['inconclusive', 'notApplicable'].includes(criterion?.verdict ?? 'notApplicable');
    return isJudged ? criterion!.value : null;
  },
});

const criterionCounters = [
  criterionCounter('lost-data', 'acknowledged writes lost or changed'),
  criterionCounter('corrupt-data', 'violated invariants'),
];

/** Of every repeat of both sides: the first one may lack a check that the others hold. */
const checkCounters = ({ base, head }: EntryPair): Counter[] => {
  const checks = [...head, ...base].flatMap((entry) => entry.checks);
  return [...new Map(checks.map((check) => [check.id, check])).values()].map(({ id, title }) => ({
    id,
    criterion: `check-${id}`,
    title,
    of: (entry) => {
      const check = entry.checks.find((candidate) => candidate.id === id);
      return check === undefined || check.status === 'inconclusive' ? null : check.violations;
    },
  }));
};

/** What base never counted and head has is worse, as a criterion that base did not have and head fails. */
const verdictOf = (base: number | null, head: number): ChangeVerdict => {
  if (base === null) return head > 0 ? 'regression' : 'same';
  if (head === base) return 'same';
  return head > base ? 'regression' : 'improvement';
};

const countsOf = (entries: readonly ScenarioResult[], { of }: Counter): number[] =>
  entries.map(of).filter((count) => count !== null);

/** The worst repeat of each side counts: one lost write is one too many. */
const worstOf = (counts: readonly number[]): number | null => (counts.length === 0 ? null : Math.max(0, ...counts));

const exactCount = (pair: EntryPair, counter: Counter): ExactCount | null => {
  const [base, head] = [worstOf(countsOf(pair.base, counter)), worstOf(countsOf(pair.head, counter))];
  if (head === null || (base === null && head === 0)) return null;
  const { scenario, variant } = pair;
  return { scenario, variant, id: counter.id, title: counter.title, base, head, verdict: verdictOf(base, head) };
};

/** Of variants that are expected to pass: a broken one counts by purpose. */
const ofAll = <T>(pairs: readonly EntryPair[], of: (pair: EntryPair, counter: Counter) => T | null): T[] =>
  pairs
    .filter(({ head }) => head[0]!.expected === 'pass')
    .flatMap((pair) => [...criterionCounters, ...checkCounters(pair)].map((counter) => of(pair, counter)))
    .filter((found) => found !== null);

export const exactCounts = (pairs: readonly EntryPair[]): ExactCount[] => ofAll(pairs, exactCount);

const missingCount = (pair: EntryPair, counter: Counter): CriterionChange | null => {
  const [base, head] = [countsOf(pair.base, counter), countsOf(pair.head, counter)];
  const counted = { base: base.length / pair.base.length, head: head.length / pair.head.length };
  if (counted.head >= counted.base) return null;
  const repeats =
    `was counted in ${base.length} of ${pair.base.length} repeats of base and ` +
    `${head.length} of ${pair.head.length} of head`;
  return {
    scenario: pair.scenario,
    variant: pair.variant,
    criterion: counter.criterion,
    title: counter.title,
    unit: '1',
    base: { verdict: counted.base < 1 ? 'inconclusive' : 'pass', value: worstOf(base) },
    head: { verdict: 'inconclusive', value: worstOf(head) },
    change: 'lost',
    reason: `${counter.title} ${repeats}: what it was in the others is not known`,
    repeats,
  };
};

const placeOf = ({
  scenario,
  variant,
  criterion,
}: Pick<CriterionChange, 'scenario' | 'variant' | 'criterion'>): string =>
  JSON.stringify([scenario, variant, criterion]);

/**
 * Counts that head lacks in more repeats than base. One more decides, so that no share of the repeats speaks for the
 * rest. What `known` says already is left out.
 */
export const missingCounts = (pairs: readonly EntryPair[], known: readonly CriterionChange[]): CriterionChange[] => {
  const told = new Set(known.filter(({ change }) => change === 'lost' || change === 'regression').map(placeOf));
  return ofAll(pairs, missingCount).filter((change) => !told.has(placeOf(change)));
};
