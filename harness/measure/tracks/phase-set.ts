/**
 * What was seen in a part of an entry: k6's samples carry the phase in which they were sent, all others only their
 * time.
 */
import type { PhaseResult } from '../../result.ts';
import type { ExponentialHistogram } from '../histograms/histogram.ts';
import { histogramsOf, seriesOf, type Labels, type Observations } from './observations.ts';
import { isWithin, mergeWindows, type Window } from './windows.ts';

export interface PhaseSet {
  phases: ReadonlySet<string>;
  windows: readonly Window[];
}

export const phaseSetOf = (phases: readonly PhaseResult[]): PhaseSet => ({
  phases: new Set(phases.map(({ name }) => name)),
  windows: mergeWindows(phases),
});

const loaded: readonly PhaseResult['kind'][] = ['steady', 'burst', 'recovery'];

/** What is judged: the phases under load; where there are none, as with restarts alone, all but the warm-up. */
export const judgedPhases = (phases: readonly PhaseResult[]): PhaseSet => {
  const underLoad = phases.filter(({ kind }) => loaded.includes(kind));
  return phaseSetOf(underLoad.length > 0 ? underLoad : phases.filter(({ kind }) => kind !== 'warmup'));
};

const isIn = (labels: Labels, tMs: number, phaseSet: PhaseSet): boolean =>
  labels['phase'] === undefined ? isWithin(tMs, phaseSet.windows) : phaseSet.phases.has(labels['phase']);

export const histogramsIn = (
  observations: Observations,
  name: string,
  wanted: Labels,
  phaseSet: PhaseSet,
): ExponentialHistogram[] =>
  histogramsOf(observations, name, wanted).flatMap(({ labels, tMs, histograms }) =>
    histograms.filter((_, index) => isIn(labels, tMs[index]!, phaseSet)),
  );

/** Sum of deltas. */
export const totalIn = (observations: Observations, name: string, wanted: Labels, phaseSet: PhaseSet): number =>
  seriesOf(observations, name, wanted).reduce(
    (total, { labels, tMs, values }) =>
      values.reduce((sum, value, index) => (isIn(labels, tMs[index]!, phaseSet) ? sum + value : sum), total),
    0,
  );

/** Highest sample of a gauge in any of its series; null where none was taken. */
export const highestIn = (
  observations: Observations,
  name: string,
  wanted: Labels,
  phaseSet: PhaseSet,
): number | null => {
  let most: number | null = null;
  for (const { labels, tMs, values } of seriesOf(observations, name, wanted)) {
    for (let index = 0; index < values.length; index += 1)
      if (isIn(labels, tMs[index]!, phaseSet) && (most === null || values[index]! > most)) most = values[index]!;
  }
  return most;
};
