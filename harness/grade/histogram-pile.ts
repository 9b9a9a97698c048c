import { formatCount } from '../measure/numbers-in-words.ts';
import { fineQuantile } from '../measure/histograms/fine-quantile.ts';
import type { ExponentialHistogram } from '../measure/histograms/histogram.ts';
import { histogramsOf, type Labels } from '../measure/tracks/observations.ts';
import { histogramsWithin, isWithin, type Window } from '../measure/tracks/windows.ts';
import type { JudgedEntry, JudgeInput, Measurement, Sustained } from './criterion.ts';
import { loadedWindows, windowWords } from './judged-windows.ts';
import { timedHistograms } from './timed.ts';
import { noLoad, notSeen, tooFew } from './unknowns.ts';
import { defaultSeconds, stretchMs, worstQuantile } from './worst-window.ts';

/** Histograms taken together. Each keeps its own scale, so one wide second does not coarsen an hour. */
export interface Pile {
  count: number;
  sum: number;
  max: number;
  /** The value below which that share (0..1) lies; null when empty. */
  quantile(share: number): number | null;
}

export const pileOf = (histograms: readonly ExponentialHistogram[]): Pile => ({
  count: histograms.reduce((total, { count }) => total + count, 0),
  sum: histograms.reduce((total, { sum }) => total + sum, 0),
  max: histograms.reduce((most, { max }) => Math.max(most, max), -Infinity),
  quantile: (share) => fineQuantile(histograms, share),
});

/** The service's histograms whose interval ended inside the windows. */
const within = (
  { observations }: Pick<JudgedEntry, 'observations'>,
  name: string,
  windows: readonly Window[],
): { labels: Labels; histograms: ExponentialHistogram[] }[] =>
  histogramsOf(observations, name).map((series) => ({
    labels: series.labels,
    histograms: histogramsWithin([series], windows),
  }));

export const pileIn = (entry: Pick<JudgedEntry, 'observations'>, name: string, windows: readonly Window[]): Pile =>
  pileOf(within(entry, name, windows).flatMap(({ histograms }) => histograms));

/** Of fewer, not even all below a bound would say with 95 % confidence that 95 % of all are: 0.95^59 < 0.05 (Wilks). */
export const fewestForP95 = 59;

/** Median and p95 of one kind of work, in its histogram's unit. */
export interface KindTimes {
  name: string;
  count: number;
  p50: number;
  p95: number;
}

/**
 * Each value of a label with its own median and p95 (in the histogram's unit), slowest median first; those with fewer
 * observations are left out.
 */
export const byLabel = (
  groups: readonly { labels: Labels; histograms: readonly ExponentialHistogram[] }[],
  label: string,
  fewest: number,
): KindTimes[] =>
  [...Map.groupBy(groups, ({ labels }) => labels[label] ?? '')]
    .map(([name, members]) => ({ name, pile: pileOf(members.flatMap(({ histograms }) => histograms)) }))
    .filter(({ name, pile }) => name !== '' && pile.count >= fewest)
    .map(({ name, pile }) => ({ name, count: pile.count, p50: pile.quantile(0.5) ?? 0, p95: pile.quantile(0.95) ?? 0 }))
    .sort((a, b) => b.p50 - a.p50);

export const kindsIn = (
  entry: Pick<JudgedEntry, 'observations'>,
  name: string,
  windows: readonly Window[],
  label: string,
  fewest: number,
): KindTimes[] => byLabel(within(entry, name, windows), label, fewest);

const sustainedP95 = (input: JudgeInput, name: string, what: string, forSeconds: number): Sustained | null => {
  const windows = loadedWindows(input.phases);
  const items = timedHistograms(histogramsOf(input.observations, name)).filter(({ atMs }) => isWithin(atMs, windows));
  const worst = worstQuantile(items, 0.95, windows, stretchMs(forSeconds, input));
  if (worst === null) return null;
  const value = worst.value * 1000;
  const words = `95 % of ${formatCount(worst.count)} ${what} took ${value.toFixed(1)} ms or less`;
  return { ...worst, value, words, source: name };
};

/**
 * p95 (ms) of a histogram in seconds, over the loaded phases and over the worst stretch of them that lasts so long (at
 * full scale).
 */
export const p95Milliseconds = (
  input: JudgeInput,
  name: string,
  what: string,
  forSeconds = defaultSeconds,
): Measurement => {
  const windows = loadedWindows(input.phases);
  if (windows.length === 0) return noLoad;
  const pile = pileIn(input, name, windows);
  if (pile.count === 0) return notSeen(what);
  if (pile.count < fewestForP95) return tooFew(pile.count, fewestForP95, what);
  const value = (pile.quantile(0.95) ?? 0) * 1000;
  return {
    state: 'measured',
    value,
    count: pile.count,
    measuredBy: `merged histograms of all replicas, ${windowWords(windows)}`,
    reason: `95 % of ${formatCount(pile.count)} ${what} took ${value.toFixed(1)} ms or less`,
    sustained: sustainedP95(input, name, what, forSeconds),
  };
};
