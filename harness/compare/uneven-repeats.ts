/**
 * What happened in some repeats and not in others: a criterion failed, or was not judged, or a figure was far off. How
 * unlikely it is that base and head differ so by chance is asked of all of it together, so that many criteria are not
 * many chances of a false alarm.
 */
import { discreteHolm, type SplitTest } from '../measure/statistics/discrete-holm.ts';
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

/** What has at most this chance, after the correction, is no longer taken for chance; all that is tested shares it. */
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

const testsByPattern = (events: readonly RepeatEvent[]): Map<string, SplitTest> =>
  new Map(
    events.map((event) => [
      patternOf(event),
      { counts: [happened(event.base), happened(event.head)], totals: [event.base.length, event.head.length] },
    ]),
  );

/** One test for all that happened in the very same repeats. */
export const distinctTests = (events: readonly RepeatEvent[]): SplitTest[] => [...testsByPattern(events).values()];

/** The chance of each event, in the order given. */
export const unevenChances = (events: readonly RepeatEvent[]): UnevenChance[] => {
  const tests = testsByPattern(events);
  const [moreInBase, moreInHead] = ([0, 1] as const).map((side) => discreteHolm(side, [...tests.values()]));
  const places = new Map([...tests.keys()].map((pattern, place) => [pattern, place]));
  return events.map((event) => {
    const place = places.get(patternOf(event))!;
    return { moreInHead: moreInHead![place]!, moreInBase: moreInBase![place]! };
  });
};

/** `in 0 of 10 repeats of base and 4 of 10 of head`. */
export const repeatsInWords = (base: readonly boolean[], head: readonly boolean[]): string =>
  `in ${happened(base)} of ${base.length} repeats of base and ${happened(head)} of ${head.length} of head`;
