/** The document of a comparison: plain JSON, from which every page and text is made. */
import type { Verdict } from '../result.ts';
import type { Interval } from '../measure/statistics/shift.ts';

export const comparisonSchema = 'pgsurge.comparison/1';

export type ChangeVerdict = 'improvement' | 'same' | 'regression' | 'notEnoughData';

/** One side of a comparison. */
export interface Side {
  name: string;
  id: string;
  startedAt: string;
  commit: string | null;
  dirty: boolean | null;
  verdict: Verdict;
}

export interface CriterionChange {
  scenario: string;
  variant: string;
  criterion: string;
  title: string;
  unit: string;
  base: { verdict: Verdict; value: number | null };
  head: { verdict: Verdict; value: number | null };
  /** `lost`: judged before, inconclusive now; unknown is never a pass. */
  change: 'regression' | 'improvement' | 'lost' | 'other';
  reason: string;
  /** `failed in 0 of 10 repeats of base and 4 of 10 of head`; null where each side has one. */
  repeats: string | null;
  /**
   * Why it decides nothing and is told all the same. `mayBeChance`: few repeats show it. `unsure`: by itself it would
   * be called, beside other criteria it could be chance. `newFigure`: base never measured it.
   */
  undecided?: 'mayBeChance' | 'unsure' | 'newFigure';
}

/** Violations, lost writes, duplicates: counted, so any more of them is a regression. */
export interface ExactCount {
  scenario: string;
  variant: string;
  id: string;
  title: string;
  /** Null where base never counted it and head has some. */
  base: number | null;
  head: number;
  verdict: ChangeVerdict;
}

/** One figure in all repeats of a side. */
export interface Repeats {
  values: number[];
  median: number;
  /** Coefficient of variation; null below two values. */
  cv: number | null;
}

/** What two single runs show along their time lines. Never gates. */
export interface PairedBlocks {
  blocks: number;
  higher: number;
  relative: number;
  interval: Interval;
  track: string;
}

export interface MetricComparison {
  scenario: string;
  variant: string;
  metric: string;
  title: string;
  unit: string;
  better: 'lower' | 'higher' | 'none';
  base: Repeats;
  head: Repeats;
  /** Hodges-Lehmann shift (with one value a side: the difference), in the unit and as a share of base's median. */
  difference: number;
  relative: number | null;
  /** Bootstrap, 95 %, in the unit; null below two values a side. */
  interval: Interval | null;
  cliffsDelta: number | null;
  effect: string | null;
  p: number | null;
  /** The p value after Holm's correction over all gates, scaled by the share of alpha that is left for them. */
  adjustedP: number | null;
  gated: boolean;
  verdict: ChangeVerdict;
  reason: string;
  minimumChange: number;
  /** Smallest change, as a share, that this comparison would have found in 95 %; null where none. */
  detectable: number | null;
  blocks: PairedBlocks | null;
  /** In how many repeats it was far above the usual, where that decides; null where it does not. */
  slowRepeats: string | null;
  /** It changed, and beside criteria that fail now and then it could be chance. */
  unsure: boolean;
}

/** A setting, version or fact that is not the same on both sides. */
export interface Difference {
  what: string;
  name: string;
  base: string;
  head: string;
}

export interface Timeline {
  scenario: string;
  variant: string;
  track: string;
  title: string;
  unit: string;
  stepMs: number;
  /** On head's clock, ms from its first phase; base is moved, phase by phase. */
  phases: { name: string; startMs: number; endMs: number }[];
  base: (number | null)[];
  head: (number | null)[];
}

/** One kind of query on both sides, all repeats together. */
export interface Operation {
  scenario: string;
  variant: string;
  name: string;
  /** The p95 in ms on either side. */
  base: number | null;
  head: number | null;
  /** Calls per repeat. */
  calls: { base: number; head: number };
  /** Time in the database per repeat, head minus base, s. */
  secondsMore: number;
}

export interface Comparison {
  schema: typeof comparisonSchema;
  /** `interleaved`: two releases side by side in one run; `saved`: runs made at different times. */
  kind: 'interleaved' | 'saved';
  base: Side;
  head: Side;
  verdict: ChangeVerdict | 'inconclusive';
  sentence: string;
  nextStep: string;
  /** Why the runs are not alike; not empty only where the comparison was forced. */
  unlike: string[];
  gates: { count: number; alpha: number; repeatsBase: number; repeatsHead: number; repeatsNeeded: number };
  criteria: CriterionChange[];
  counts: ExactCount[];
  metrics: MetricComparison[];
  differences: Difference[];
  /** Scenario and variant pairs that only one side has. */
  onlyBase: string[];
  onlyHead: string[];
  timelines: Timeline[];
  /** Kinds of query, those that moved most first; empty where the samples are gone. */
  operations: Operation[];
}
