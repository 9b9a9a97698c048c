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

export interface Kind { name: string; count: number; p50: number; p95: number }

/** Each value of a label with its own median and p95 (in the histogram's unit), slowest median first; those with fewer observations are left out. */
export const byLabel = (groups: readonly { labels: Labels; histogram: ExponentialHistogram }[], label: string, fewest: number): Kind[] =>
  [...Map.groupBy(groups, ({ labels }) => labels[label] ?? '')]
    .map(([name, members]) => ({ name, histogram: mergeAll(members.map(({ histogram }) => histogram)) }))
    .filter(({ name, histogram }) => name !== '' && histogram.count >= fewest)
    .map(({ name, histogram }) => ({ name, count: histogram.count, p50: quantile(histogram, 0.5) ?? 0, p95: quantile(histogram, 0.95) ?? 0 }))
    .sort((a, b) => b.p50 - a.p50);

/** The target's histograms inside the windows, one per set of labels. */
export const groupsIn = ({ observations }: Judge, name: string, windows: readonly Window[]): { labels: Labels; histogram: ExponentialHistogram }[] =>
  histogramsOf(observations, name).map(({ labels, tMs, histograms }) => ({ labels, histogram: mergeAll(histograms.filter((_, index) => isWithin(tMs[index]!, windows))) }));

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
