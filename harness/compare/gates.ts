/**
 * Statistical gates over repeats: Mann-Whitney with Holm over all of them, a Hodges-Lehmann shift above the metric's
 * minimum, and a bootstrap interval that excludes 0. All three must hold. False alarms of all gates together ≤ alpha.
 */
import { mean, median, sampleStandardDeviation } from 'simple-statistics';
import { smallestDetectable } from '../measure/statistics/detectable.ts';
import { holm } from '../measure/statistics/holm.ts';
import { mannWhitney, smallestP, type MannWhitney } from '../measure/statistics/mann-whitney.ts';
import { randomFrom } from '../measure/statistics/random.ts';
import { hodgesLehmann, shiftInterval, type Interval } from '../measure/statistics/shift.ts';
import type { ChangeVerdict, Repeats } from './comparison.ts';
import { changeDirection } from './direction.ts';
import type { Metric } from './metrics.ts';

/** The chance of a false alarm that all gates of a comparison share. */
export const gateAlpha = 0.05;
/** Fewer a side are never judged: at 5 the smallest p is 0.008, which six gates already forbid. */
const fewestRepeats = 6;

export interface GateInput {
  metric: Metric;
  base: readonly number[];
  head: readonly number[];
}

export interface GateResult {
  test: MannWhitney | null;
  adjustedP: number | null;
  difference: number;
  relative: number | null;
  interval: Interval | null;
  verdict: ChangeVerdict;
  reason: string;
  detectable: number | null;
}

export interface GateOptions {
  seed?: number;
  resamples?: number;
  /**
   * Simulations need verdicts only. Intervals are then made where the other conditions hold, and no detectable change
   * is looked for.
   */
  verdictsOnly?: boolean;
}

export const repeatsOf = (values: readonly number[]): Repeats => {
  const level = mean([...values]);
  return {
    values: [...values],
    median: median([...values]),
    cv: values.length < 2 || level === 0 ? null : sampleStandardDeviation([...values]) / Math.abs(level),
  };
};

const isJudged = ({ base, head }: GateInput): boolean => Math.min(base.length, head.length) >= fewestRepeats;

/** Repeats a side from which on `gates` gates can find anything at all. */
export const repeatsNeeded = (gates: number): number => {
  let repeats = fewestRepeats;
  while (smallestP(repeats, repeats) * gates > gateAlpha) repeats += 1;
  return repeats;
};

const relativeTo = (difference: number, level: number): number | null => {
  if (level !== 0) return difference / Math.abs(level);
  return difference === 0 ? 0 : null;
};

/** From where on a change counts: the metric's minimum, as a share and in its unit. */
export const isLargeEnough = (metric: Metric, difference: number, relative: number | null): boolean =>
  Math.abs(difference) >= metric.minimumDifference &&
  difference !== 0 &&
  (relative === null || Math.abs(relative) >= metric.minimumChange);

const pooledCv = ({ base, head }: GateInput): number => {
  const squares = [base, head].map((values) => (repeatsOf(values).cv ?? 0) ** 2);
  return Math.sqrt((squares[0]! + squares[1]!) / 2);
};

const detectableOf = (input: GateInput, gates: number): number | null => {
  const level = Math.abs(median([...input.base]));
  if (level === 0) return null;
  const minimumChange = Math.max(input.metric.minimumChange, input.metric.minimumDifference / level);
  return smallestDetectable({
    cv: pooledCv(input),
    baseCount: input.base.length,
    headCount: input.head.length,
    maximumP: gateAlpha / gates,
    minimumChange,
  });
};

const shiftOf = ({ base, head }: GateInput): Pick<GateResult, 'difference' | 'relative'> => {
  const difference = base.length > 0 && head.length > 0 ? hodgesLehmann(base, head) : NaN;
  return { difference, relative: relativeTo(difference, median([...base])) };
};

const tooFew = (input: GateInput): GateResult => {
  const count = Math.min(input.base.length, input.head.length);
  const repeats = count === 1 ? 'one repeat' : `${count} repeats`;
  return {
    ...shiftOf(input),
    test: null,
    adjustedP: null,
    interval: null,
    detectable: null,
    verdict: 'notEnoughData',
    reason: `${repeats} a side; ${fewestRepeats} are the fewest that are judged`,
  };
};

/** What the three conditions say of one gate. */
interface Conditions {
  unlikely: boolean;
  large: boolean;
  /** The interval lies on one side of 0. */
  apart: boolean;
  /** With so many gates, so few repeats cannot show anything. */
  blind: boolean;
}

const verdictOf = (
  { unlikely, large, apart, blind }: Conditions,
  direction: ReturnType<typeof changeDirection>,
  gates: number,
): Pick<GateResult, 'verdict' | 'reason'> => {
  const isChange = unlikely && large && apart;
  if (isChange && direction !== null) return { verdict: direction, reason: 'p, size and interval agree' };
  if (isChange) return { verdict: 'same', reason: 'it changed, and neither way is called better' };
  if (blind) {
    const needed = repeatsNeeded(gates);
    return {
      verdict: 'notEnoughData',
      reason: `with ${gates} gates, ${needed} repeats a side are the fewest that can show anything`,
    };
  }
  if (!unlikely) return { verdict: 'same', reason: 'within the noise of the repeats' };
  return { verdict: 'same', reason: large ? 'the interval includes 0' : 'smaller than the change that counts' };
};

const intervalOf = ({ base, head }: GateInput, { seed = 1, resamples = 2000 }: GateOptions): Interval =>
  shiftInterval(base, head, randomFrom(seed), { resamples });

const judge = (
  input: GateInput,
  test: MannWhitney,
  adjustedP: number,
  gates: number,
  options: GateOptions,
): GateResult => {
  const { difference, relative } = shiftOf(input);
  const unlikely = adjustedP <= gateAlpha;
  const large = isLargeEnough(input.metric, difference, relative);
  const verdictsOnly = options.verdictsOnly === true;
  const interval = (unlikely && large) || !verdictsOnly ? intervalOf(input, options) : null;
  const apart = interval !== null && (interval.low > 0 || interval.high < 0);
  const blind = smallestP(input.base.length, input.head.length) * gates > gateAlpha;
  const direction = changeDirection(input.metric.better, difference);
  return {
    test,
    adjustedP,
    difference,
    relative,
    interval,
    ...verdictOf({ unlikely, large, apart, blind }, direction, gates),
    detectable: verdictsOnly ? null : detectableOf(input, gates),
  };
};

/** One result per input, in order. Holm runs over all inputs that have enough repeats. */
export const decideGates = (inputs: readonly GateInput[], options: GateOptions = {}): GateResult[] => {
  const tests = inputs.map((input) => (isJudged(input) ? mannWhitney(input.base, input.head) : null));
  const judged = tests.filter((test) => test !== null);
  const adjusted = holm(judged.map(({ p }) => p));
  let next = 0;
  return inputs.map((input, position) => {
    const test = tests[position]!;
    return test === null ? tooFew(input) : judge(input, test, adjusted[next++]!, judged.length, options);
  });
};
