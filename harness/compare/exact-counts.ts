/** Violations, lost writes, duplicates: counted, so one more of them is a regression without any statistics. */
import type { ScenarioResult } from '../result.ts';
import type { ChangeVerdict, ExactCount } from './comparison.ts';
import type { EntryPair } from './entries.ts';

/** One thing that is counted in an entry; null where the entry could not count it. */
interface Counter {
  id: string;
  title: string;
  of(entry: ScenarioResult): number | null;
}

const criterionCounter = (id: string, title: string): Counter => ({
  id,
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

const checkCounters = ({ checks }: ScenarioResult): Counter[] =>
  checks.map(({ id, title }) => ({
    id,
    title,
    of: (entry) => {
      const check = entry.checks.find((candidate) => candidate.id === id);
      return check === undefined || check.status === 'inconclusive' ? null : check.violations;
    },
  }));

const verdictOf = (base: number, head: number): ChangeVerdict => {
  if (head === base) return 'same';
  return head > base ? 'regression' : 'improvement';
};

/** The worst repeat of each side counts: one lost write is one too many. */
const worstOf = (entries: readonly ScenarioResult[], { of }: Counter): number | null => {
  const counts = entries.map(of).filter((count) => count !== null);
  return counts.length === 0 ? null : Math.max(0, ...counts);
};

const exactCount = (pair: EntryPair, counter: Counter): ExactCount | null => {
  const [base, head] = [worstOf(pair.base, counter), worstOf(pair.head, counter)];
  if (base === null || head === null) return null;
  const { scenario, variant } = pair;
  return { scenario, variant, id: counter.id, title: counter.title, base, head, verdict: verdictOf(base, head) };
};

/** Of variants that are expected to pass: a broken one counts by purpose. */
export const exactCounts = (pairs: readonly EntryPair[]): ExactCount[] =>
  pairs
    .filter(({ head }) => head[0]!.expected === 'pass')
    .flatMap((pair) =>
      [...criterionCounters, ...checkCounters(pair.head[0]!)].map((counter) => exactCount(pair, counter)),
    )
    .filter((count) => count !== null);
