/**
 * Repeats in which a gated figure was far off. A release that is ten times slower in half of its repeats moves neither
 * the ranks nor the middle enough for the gates, and everybody would see it.
 */
import { median } from 'simple-statistics';
import type { EntryPair } from './entries.ts';
import { repeatsOf, type GateResult } from './gates.ts';
import type { Metric } from './metrics.ts';
import { happened, largestChance, repeatsInWords, type RepeatEvent, type UnevenChance } from './uneven-repeats.ts';

/** So many times the middle of all repeats, of both sides together, so that neither side sets the mark. */
const farTimes = 2;

interface GatedFigure {
  pair: Pick<EntryPair, 'scenario' | 'variant'>;
  metric: Metric;
  base: readonly number[];
  head: readonly number[];
}

export const slowEvent = ({ pair, metric, base, head }: GatedFigure): RepeatEvent => {
  const usual = median([...base, ...head]);
  const isFar = (value: number): boolean =>
    value >= farTimes * usual && value - usual >= metric.minimumDifference && value > usual;
  const { scenario, variant } = pair;
  return { scenario, variant, id: `figure-${metric.id}`, base: base.map(isFar), head: head.map(isFar) };
};

/** From so many on, the reader is told, also where chance could have made it: if base had none and is quiet. */
const worthTelling = 2;
const quietCv = 0.3;

export type WithSlow = GateResult & {
  /** `was twice its usual value or more in 0 of 10 repeats of base and 5 of 10 of head`, where that decides. */
  slowRepeats: string | null;
};

const isWorthTelling = ({ base, head }: RepeatEvent, values: readonly number[]): boolean =>
  happened(base) === 0 && happened(head) >= worthTelling && (repeatsOf(values).cv ?? 0) <= quietCv;

/**
 * A gate's result with what its far repeats say. They can only make it a regression: that slow repeats are gone is told
 * by the ranks, or not at all, which keeps false alarms within their share.
 */
export const withSlowRepeats = (
  result: GateResult,
  { base: values }: Pick<GatedFigure, 'base'>,
  event: RepeatEvent,
  chance: UnevenChance,
): WithSlow => {
  const slowRepeats = `was twice its usual value or more ${repeatsInWords(event.base, event.head)}`;
  if (result.verdict !== 'regression' && result.test !== null && chance.moreInHead <= largestChance)
    return { ...result, verdict: 'regression', reason: slowRepeats, slowRepeats, unsure: false };
  if (result.verdict !== 'same' || !isWorthTelling(event, values)) return { ...result, slowRepeats: null };
  return { ...result, verdict: 'notEnoughData', reason: `${slowRepeats}: this could be chance`, slowRepeats };
};
