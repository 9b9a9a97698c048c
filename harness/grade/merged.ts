import { mergeAll, quantile, type ExponentialHistogram } from '../measure/histogram.ts';
import { histogramsOf, type Labels } from '../measure/observations.ts';
import { isWithin, type Window } from '../measure/windows.ts';
import type { JudgeInput, Measurement } from './criterion.ts';
import { loadedWindows, noLoad, notSeen, tooFew, windowWords } from './seen.ts';

type Judge = Pick<JudgeInput, 'observations' | 'phases'>;

/** The target's histograms whose interval ended inside the windows, as one. */
export const mergedIn = ({ observations }: Judge, name: string, windows: readonly Window[], labels: Labels = {}): ExponentialHistogram =>
  mergeAll(histogramsOf(observations, name, labels).flatMap(({ tMs, histograms }) => histograms.filter((_, index) => isWithin(tMs[index]!, windows))));

/** 95 % of fewer has under five observations above it. */
const fewestForP95 = 100;

/** p95 (ms) of a histogram in seconds, over the loaded phases. */
export const p95Milliseconds = (input: JudgeInput, name: string, what: string): Measurement => {
  const windows = loadedWindows(input.phases);
  if (windows.length === 0) return noLoad;
  const histogram = mergedIn(input, name, windows);
  if (histogram.count === 0) return notSeen(input, what);
  if (histogram.count < fewestForP95) return tooFew(histogram.count, fewestForP95, what);
  const value = (quantile(histogram, 0.95) ?? 0) * 1000;
  return {
    state: 'measured', value, count: histogram.count,
    measuredBy: `merged histograms of all replicas, ${windowWords(windows)}`,
    reason: `95 % of ${histogram.count.toLocaleString('en-US')} ${what} took ${value.toFixed(1)} ms or less`,
  };
};
