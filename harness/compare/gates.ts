/**
 * Statistical gates over repeats: Mann-Whitney with Holm over all of them, a Hodges-Lehmann shift above the metric's
 * minimum, and a bootstrap interval that excludes 0. All three must hold. False alarms of all gates together are within
 * the share of alpha that criteria leave them.
 */
import { mean, median, sampleStandardDeviation } from 'simple-statistics';
import { smallestDetectable } from '../measure/statistics/detectable.ts';
import { holm } from '../measure/statistics/holm.ts';
import { mannWhitney, smallestP, type MannWhitney } from '../measure/statistics/mann-whitney.ts';
import { randomFrom } from '../measure/statistics/random.ts';
import { hodgesLehmann, shiftInterval, type Interval } from '../measure/statistics/shift.ts';
import type { AlarmShares } from './alarm-shares.ts';
import type { ChangeVerdict, Repeats } from './comparison.ts';
import { changeDirection } from './direction.ts';
import type { Metric } from './metrics.ts';
import { largestChance } from './uneven-repeats.ts';

/** The chance of a false alarm that all gates and criteria of a comparison share. */
export const gateAlpha = largestChance;
/** Fewer a side are never judged: at 5 the smallest p is 0.008, which six gates already forbid. */
const fewestRepeats = 6;

export interface GateInput {
  metric: Metric;
  base: readonly number[];
  head: readonly number[];
}

export interface GateResult {
  test: MannWhitney | null;
  /** After Holm, and scaled so that alpha is the limit whatever share of it is left. */
  adjustedP: number | null;
  difference: number;
  relative: number | null;
  interval: Interval | null;
  verdict: ChangeVerdict;
  reason: string;
  detectable: number | null;
  /** By itself it would be called; beside criteria that fail now and then it could be chance. */
  unsure: boolean;
}

/** One-sided levels for all gates together: how likely chance may call any of them worse, and better. */
type FigureShares = Pick<AlarmShares, 'worseFigures' | 'betterFigures'>;

/** Two-sided at alpha: the gates have it for themselves. */
const wholeShares: FigureShares = { worseFigures: gateAlpha / 2, betterFigures: gateAlpha / 2 };

export interface GateOptions {
  shares?: FigureShares;
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

/** A two-sided p as large as it would be if its direction had half of alpha, as in a test by itself. */
const scaledTo = (share: number, p: number): number => (share <= 0 ? 1 : Math.min(1, (p * gateAlpha) / 2 / share));

/** More repeats than anybody runs. */
const mostRepeats = 100;

/** Repeats a side from which on `gates` gates can find anything worse at all. */
export const repeatsNeeded = (gates: number, share = wholeShares.worseFigures): number => {
  let repeats = fewestRepeats;
  while (repeats < mostRepeats && scaledTo(share, smallestP(repeats, repeats)) * gates > gateAlpha) repeats += 1;
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

const detectableOf = (input: GateInput, gates: number, { worseFigures }: FigureShares): number | null => {
  const level = Math.abs(median([...input.base]));
  if (level === 0) return null;
  const minimumChange = Math.max(input.metric.minimumChange, input.metric.minimumDifference / level);
  return smallestDetectable({
    cv: pooledCv(input),
    baseCount: input.base.length,
    headCount: input.head.length,
    maximumP: (2 * worseFigures) / gates,
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
    unsure: false,
    verdict: 'notEnoughData',
    reason: `${repeats} a side; ${fewestRepeats} are the fewest that are judged`,
  };
};

/** What the three conditions say of one gate. */
interface Conditions {
  unlikely: boolean;
  /** It would be unlikely if no criterion failed now and then. */
  unlikelyAlone: boolean;
  large: boolean;
  /** The interval lies on one side of 0. */
  apart: boolean;
  /** With so many gates, so few repeats cannot show anything. */
  blind: boolean;
}

type Conclusion = Pick<GateResult, 'verdict' | 'reason' | 'unsure'>;

const concluded = (verdict: ChangeVerdict, reason: string, unsure = false): Conclusion => ({ verdict, reason, unsure });

const unsureReason =
  'it could be chance: criteria or far-off repeats that come now and then take their part of the 5 % first';

const whereUnchanged = ({ unlikely, large }: Conditions): Conclusion => {
  if (!unlikely) return concluded('same', 'within the noise of the repeats');
  return concluded('same', large ? 'the interval includes 0' : 'smaller than the change that counts');
};

const verdictOf = (
  conditions: Conditions,
  direction: ReturnType<typeof changeDirection>,
  { gates, shares }: Together,
): Conclusion => {
  const { unlikely, unlikelyAlone, large, apart, blind } = conditions;
  const isChange = unlikely && large && apart;
  if (isChange && direction !== null) return concluded(direction, 'p, size and interval agree');
  if (isChange) return concluded('same', 'it changed, and neither way is called better');
  if (unlikelyAlone && large && apart && direction !== null) return concluded('notEnoughData', unsureReason, true);
  if (!blind) return whereUnchanged(conditions);
  const needed = repeatsNeeded(gates, shares.worseFigures);
  return concluded(
    'notEnoughData',
    `with ${gates} gates, ${needed} repeats a side are the fewest that can show anything`,
  );
};

const intervalOf = ({ base, head }: GateInput, { seed = 1, resamples = 2000 }: GateOptions): Interval =>
  shiftInterval(base, head, randomFrom(seed), { resamples });

/** What is known of all gates together. */
interface Together {
  gates: number;
  shares: FigureShares;
}

/** A test after the correction over all gates: with the shares that are left, and as if all of alpha were. */
interface Corrected {
  test: MannWhitney;
  adjustedP: number;
  aloneP: number;
}

const isBlind = ({ base, head }: GateInput, { gates, shares }: Together): boolean =>
  scaledTo(shares.worseFigures, smallestP(base.length, head.length)) * gates > gateAlpha;

const judge = (
  input: GateInput,
  { test, adjustedP, aloneP }: Corrected,
  together: Together,
  options: GateOptions,
): GateResult => {
  const { difference, relative } = shiftOf(input);
  const [unlikely, unlikelyAlone] = [adjustedP <= gateAlpha, aloneP <= gateAlpha];
  const large = isLargeEnough(input.metric, difference, relative);
  const verdictsOnly = options.verdictsOnly === true;
  const interval = ((unlikely || unlikelyAlone) && large) || !verdictsOnly ? intervalOf(input, options) : null;
  const apart = interval !== null && (interval.low > 0 || interval.high < 0);
  const conditions = { unlikely, unlikelyAlone, large, apart, blind: isBlind(input, together) };
  return {
    test,
    adjustedP,
    difference,
    relative,
    interval,
    ...verdictOf(conditions, changeDirection(input.metric.better, difference), together),
    detectable: verdictsOnly ? null : detectableOf(input, together.gates, together.shares),
  };
};

const shareOf = ({ metric, base, head }: GateInput, { worseFigures, betterFigures }: FigureShares): number => {
  const isBetter = changeDirection(metric.better, shiftOf({ metric, base, head }).difference) === 'improvement';
  return isBetter ? betterFigures : worseFigures;
};

/** One result per input, in order. Holm runs over all inputs that have enough repeats. */
export const decideGates = (inputs: readonly GateInput[], options: GateOptions = {}): GateResult[] => {
  const { shares = wholeShares } = options;
  const judged = inputs.filter(isJudged);
  const tests = judged.map(({ base, head }) => mannWhitney(base, head));
  const alone = holm(tests.map(({ p }) => p));
  const adjusted = holm(tests.map(({ p }, position) => scaledTo(shareOf(judged[position]!, shares), p)));
  const together = { gates: judged.length, shares };
  return inputs.map((input) => {
    const position = judged.indexOf(input);
    if (position === -1) return tooFew(input);
    const corrected = { test: tests[position]!, adjustedP: adjusted[position]!, aloneP: alone[position]! };
    return judge(input, corrected, together, options);
  });
};
