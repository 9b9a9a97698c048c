/**
 * What happened in some repeats and not in others: a criterion failed, or was not judged, or a figure was far off. How
 * unlikely it is that base and head differ so by chance is asked of all of it together, so that many criteria are not
 * many chances of a false alarm.
 */
import { discreteHolm } from '../measure/statistics/discrete-holm.ts';
import { pairName } from './entries.ts';

export interface RepeatEvent {
  scenario: string;
  variant: string;
  /** Unique within the scenario and variant. */
  id: string;
  /** Whether it happened, for each repeat of the side. */
  base: readonly boolean[];
  head: readonly boolean[];
}

/** Chances, after the correction, that it is more on one side though the sides are alike. */
export interface UnevenChance {
  moreInHead: number;
  moreInBase: number;
}

/** What has at most this chance, after the correction, is no longer taken for chance. */
export const largestChance = 0.05;

export const happened = (repeats: readonly boolean[]): number => repeats.filter(Boolean).length;

/**
 * All against none is never chance, however few the repeats: a criterion that fails in every repeat has failed, and a
 * single run has no chance to weigh.
 */
export const isAllAgainstNone = (all: readonly boolean[], none: readonly boolean[]): boolean =>
  all.length > 0 && happened(all) === all.length && happened(none) === 0;

/** What happened in the very same repeats is one event, whatever it is called. */
const patternOf = (event: RepeatEvent): string => JSON.stringify([pairName(event), event.base, event.head]);

/** The chance of each event, in the order given. */
export const unevenChances = (events: readonly RepeatEvent[]): UnevenChance[] => {
  const patterns = [...new Map(events.map((event) => [patternOf(event), event]))];
  const tests = patterns.map(([, { base, head }]) => ({
    counts: [happened(base), happened(head)] as const,
    totals: [base.length, head.length] as const,
  }));
  const [moreInBase, moreInHead] = [discreteHolm(0, tests), discreteHolm(1, tests)];
  const places = new Map(patterns.map(([pattern], place) => [pattern, place]));
  return events.map((event) => {
    const place = places.get(patternOf(event))!;
    return { moreInHead: moreInHead[place]!, moreInBase: moreInBase[place]! };
  });
};

/** `in 0 of 10 repeats of base and 4 of 10 of head`. */
export const repeatsInWords = (base: readonly boolean[], head: readonly boolean[]): string =>
  `in ${happened(base)} of ${base.length} repeats of base and ${happened(head)} of ${head.length} of head`;
