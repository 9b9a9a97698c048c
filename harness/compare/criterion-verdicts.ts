/** One verdict for all repeats of a side, what a change of it means, and whether it could be chance. */
import { bySeverity } from '../measure/severity.ts';
import { fisherTowards } from '../measure/statistics/fisher.ts';
import type { Verdict } from '../result.ts';
import type { CriterionChange } from './comparison.ts';
import {
  happened,
  isAllAgainstNone,
  largestChance,
  repeatsInWords,
  type RepeatEvent,
  type UnevenChance,
} from './uneven-repeats.ts';

type ChangeKind = CriterionChange['change'];

const isJudged = (verdict: Verdict): boolean => verdict !== 'inconclusive' && verdict !== 'notApplicable';

/** A side of which less than a third of the repeats were judged has no verdict. */
const fewestJudged = (repeats: number): number => Math.ceil(repeats / 3);

/** The verdict that most of the judged repeats had, the worse one at a tie. */
const sideVerdict = (verdicts: readonly Verdict[]): Verdict => {
  const judged = verdicts.filter((verdict) => verdict !== 'inconclusive');
  if (judged.length < fewestJudged(verdicts.length)) return 'inconclusive';
  const count = (verdict: Verdict): number => judged.filter((one) => one === verdict).length;
  return [...new Set(judged)].sort((a, b) => count(b) - count(a) || bySeverity(a, b))[0]!;
};

const changeOf = (base: Verdict, head: Verdict): ChangeKind => {
  if (head === 'fail') return 'regression';
  if (head === 'inconclusive' || (head === 'notApplicable' && isJudged(base))) return 'lost';
  return base === 'fail' ? 'improvement' : 'other';
};

/** One criterion in all repeats of both sides. */
export interface RepeatVerdicts {
  scenario: string;
  variant: string;
  /** Unique within the scenario and variant. */
  id: string;
  base: readonly Verdict[];
  head: readonly Verdict[];
}

const eventOf = ({ base, head, ...of }: RepeatVerdicts, is: (verdict: Verdict) => boolean): RepeatEvent => ({
  ...of,
  base: base.map(is),
  head: head.map(is),
});

export const failures = (verdicts: RepeatVerdicts): RepeatEvent => eventOf(verdicts, (verdict) => verdict === 'fail');
export const unjudged = (verdicts: RepeatVerdicts): RepeatEvent => eventOf(verdicts, (verdict) => !isJudged(verdict));

export interface VerdictChances {
  fails: UnevenChance;
  unjudged: UnevenChance;
  /** The share of improvements in the chance of a false change. */
  better: number;
}

interface Weighed {
  base: Verdict;
  head: Verdict;
  change: ChangeKind;
  /** In how many repeats it came out so; null where there is one. */
  repeats: string | null;
  /** It would be a change, if the repeats were not so few that chance can make it. */
  byChance: boolean;
  /** Head looks worse, and it could be chance. */
  undecided: CriterionChange['undecided'];
}

const words: Record<ChangeKind, string> = {
  regression: 'failed',
  improvement: 'failed',
  lost: 'was not judged',
  other: 'failed',
};

const countedWords = (verdicts: RepeatVerdicts, change: ChangeKind): string => {
  const { base, head } = change === 'lost' ? unjudged(verdicts) : failures(verdicts);
  return `${words[change]} ${repeatsInWords(base, head)}`;
};

const isMore = (more: readonly boolean[], less: readonly boolean[], chance: number, most = largestChance): boolean =>
  isAllAgainstNone(more, less) || chance <= most;

/** Fewer failures: better where most repeats of base failed, else only worth telling. */
const fewerFailures = (fails: RepeatEvent, { fails: { moreInBase }, better }: VerdictChances, before: Verdict) => {
  const most = before === 'fail' ? better : largestChance;
  if (!isMore(fails.base, fails.head, moreInBase, most)) return null;
  return before === 'fail' ? 'improvement' : 'other';
};

/** What the repeats show beyond chance; `other`: fewer failures, of a criterion that most repeats passed before too. */
const shown = (verdicts: RepeatVerdicts, chances: VerdictChances, before: Verdict): ChangeKind | null => {
  const [fails, lost] = [failures(verdicts), unjudged(verdicts)];
  if (isMore(fails.head, fails.base, chances.fails.moreInHead)) return 'regression';
  if (isMore(lost.head, lost.base, chances.unjudged.moreInHead)) return 'lost';
  return fewerFailures(fails, chances, before);
};

/** From so many repeats on the reader is told, if base had none: the same as of far-off repeats. */
const worthTelling = 2;

const isWorthTelling = ({ base, head }: RepeatEvent): boolean => happened(base) === 0 && happened(head) >= worthTelling;

const aloneChance = ({ base, head }: RepeatEvent): number =>
  fisherTowards(1, [happened(base), happened(head)], [base.length, head.length]);

/** What is more in head and was not shown: the failures, or else the repeats that were not judged; null: neither. */
const perhaps = (verdicts: RepeatVerdicts, byMajority: ChangeKind): 'regression' | 'lost' | null => {
  if (byMajority === 'regression' || isWorthTelling(failures(verdicts))) return 'regression';
  return byMajority === 'lost' || isWorthTelling(unjudged(verdicts)) ? 'lost' : null;
};

const undecidedOf = (verdicts: RepeatVerdicts, kind: ReturnType<typeof perhaps>): CriterionChange['undecided'] => {
  if (kind === null) return undefined;
  return kind === 'regression' && aloneChance(failures(verdicts)) <= largestChance ? 'unsure' : 'mayBeChance';
};

/** The side's verdict, unless the change is that of fewer repeats than most. */
const shownVerdicts = (change: ChangeKind | null, base: Verdict, head: Verdict): Pick<Weighed, 'base' | 'head'> => {
  if (change === 'regression') return { base, head: 'fail' };
  if (change === 'lost') return { base, head: isJudged(head) ? 'inconclusive' : head };
  return { base, head };
};

const decided = { byChance: false, undecided: undefined };

/** What chance can have made; null: there is nothing to tell. */
const weighedAsChance = (verdicts: RepeatVerdicts, base: Verdict, head: Verdict): Weighed | null => {
  const byMajority = base === head ? 'other' : changeOf(base, head);
  const kind = perhaps(verdicts, byMajority);
  if (base === head && kind === null) return null;
  return {
    base,
    head,
    change: 'other',
    repeats: countedWords(verdicts, kind ?? byMajority),
    byChance: kind !== null || byMajority !== 'other',
    undecided: undecidedOf(verdicts, kind),
  };
};

/**
 * What the repeats of both sides say of a criterion; null: nothing changed. The test comes first: a criterion that
 * fails in four of ten repeats and never did before has most repeats passing on both sides, and is worse.
 */
export const weigh = (verdicts: RepeatVerdicts, chances: VerdictChances): Weighed | null => {
  const [base, head] = [sideVerdict(verdicts.base), sideVerdict(verdicts.head)];
  if (Math.min(verdicts.base.length, verdicts.head.length) <= 1)
    return base === head ? null : { base, head, change: changeOf(base, head), repeats: null, ...decided };
  const change = shown(verdicts, chances, base);
  return change === null
    ? weighedAsChance(verdicts, base, head)
    : { ...shownVerdicts(change, base, head), change, repeats: countedWords(verdicts, change), ...decided };
};
