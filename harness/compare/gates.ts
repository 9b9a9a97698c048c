/**
 * Statistical gates over repeats: Mann-Whitney with Holm over all of them, a Hodges-Lehmann shift above the metric's
 * minimum, and a bootstrap interval that excludes 0. All three must hold. False alarms over all gates together ≤ alpha.
 */
import { median, sampleStandardDeviation } from 'simple-statistics';
import { smallestDetectable } from '../measure/statistics/detectable.ts';
import { holm } from '../measure/statistics/holm.ts';
import { mannWhitney, smallestP, type MannWhitney } from '../measure/statistics/mann-whitney.ts';
import { randomFrom } from '../measure/statistics/random.ts';
import { hodgesLehmann, shiftInterval, type Interval } from '../measure/statistics/shift.ts';
import type { ChangeVerdict, Sample } from './comparison.ts';
import type { Metric } from './metrics.ts';

export const gateAlpha = 0.05;
/** Fewer a side are never judged: at 5 the smallest p is 0.008, which six gates already forbid. */
export const fewestRepeats = 6;

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
  /** Simulations need verdicts only: intervals are then made where the other conditions hold, and no detectable change. */
  verdictsOnly?: boolean;
}

export const sampleOf = (values: readonly number[]): Sample => {
  const sample = [...values];
  const mean = sample.reduce((total, value) => total + value, 0) / sample.length;
  return {
    values: sample,
    median: median(sample),
    cv: sample.length < 2 || mean === 0 ? null : sampleStandardDeviation(sample) / Math.abs(mean),
  };
};

const isJudged = ({ base, head }: GateInput): boolean => Math.min(base.length, head.length) >= fewestRepeats;

/** Repeats a side from which on `gates` gates can find anything at all. */
export const repeatsNeeded = (gates: number): number => {
  let repeats = fewestRepeats;
  while (smallestP(repeats, repeats) * gates > gateAlpha) repeats += 1;
  return repeats;
};

const relativeTo = (difference: number, level: number): number | null =>
  level === 0 ? (difference === 0 ? 0 : null) : difference / Math.abs(level);

/** From where on a change counts: the metric's minimum, as a share and in its unit. */
export const isLargeEnough = (metric: Metric, difference: number, relative: number | null): boolean =>
  Math.abs(difference) >= metric.minimumDifference &&
  difference !== 0 &&
  (relative === null || Math.abs(relative) >= metric.minimumChange);

const directed = (metric: Metric, difference: number): ChangeVerdict =>
  metric.better === 'none' ? 'same' : difference < 0 === (metric.better === 'lower') ? 'improvement' : 'regression';

const pooledCv = ({ base, head }: GateInput): number => {
  const squares = [base, head].map((values) => (sampleOf(values).cv ?? 0) ** 2);
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

const tooFew = (input: GateInput): GateResult => {
  const difference = input.base.length > 0 && input.head.length > 0 ? hodgesLehmann(input.base, input.head) : NaN;
  const count = Math.min(input.base.length, input.head.length);
  return {
    test: null,
    adjustedP: null,
    difference,
    relative: relativeTo(difference, median([...input.base])),
    interval: null,
    detectable: null,
    verdict: 'notEnoughData',
    reason: `${count === 1 ? 'one repeat' : `${count} repeats`} a side; ${fewestRepeats} are the fewest that are judged`,
  };
};

const judge = (
  input: GateInput,
  test: MannWhitney,
  adjustedP: number,
  gates: number,
  options: GateOptions,
): GateResult => {
  const { metric, base, head } = input;
  const difference = hodgesLehmann(base, head);
  const relative = relativeTo(difference, median([...base]));
  const large = isLargeEnough(metric, difference, relative);
  const candidate = adjustedP <= gateAlpha && large;
  const interval =
    candidate || options.verdictsOnly !== true
      ? shiftInterval(base, head, randomFrom(options.seed ?? 1), { resamples: options.resamples ?? 2000 })
      : null;
  const excludes = interval !== null && (interval.low > 0 || interval.high < 0);
  const blind = smallestP(base.length, head.length) * gates > gateAlpha;
  const verdict = candidate && excludes ? directed(metric, difference) : blind ? 'notEnoughData' : 'same';
  const reason =
    verdict === 'notEnoughData'
      ? `with ${gates} gates, ${repeatsNeeded(gates)} repeats a side are the fewest that can show anything`
      : verdict !== 'same'
        ? 'p, size and interval agree'
        : adjustedP > gateAlpha
          ? 'within the noise of the repeats'
          : large
            ? 'the interval includes 0'
            : 'smaller than the change that counts';
  return {
    test,
    adjustedP,
    difference,
    relative,
    interval,
    verdict,
    reason,
    detectable: options.verdictsOnly === true ? null : detectableOf(input, gates),
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
