/** What several measures take from observations in the same way. */
import { histogramsOf, seriesOf, type Labels } from '../../measure/tracks/observations.ts';
import { growthOf, isWithin, meanOf, samplesWithin, totalMs, type Window } from '../../measure/tracks/windows.ts';
import { pileIn } from '../histogram-pile.ts';
import type { GrowthEntry } from './measure.ts';

/** A p95 of fewer has no more than one value above it. */
const fewestForP95 = 20;

export const p95In = (entry: GrowthEntry, name: string, stretch: Window, factor: number): number | null => {
  const pile = pileIn(entry, name, [stretch]);
  const value = pile.count < fewestForP95 ? null : pile.quantile(0.95);
  return value === null ? null : value * factor;
};

/** Growth of a counter a second; null where it was not seen from the stretch's start to its end. */
export const rateIn = (entry: GrowthEntry, name: string, stretch: Window, labels: Labels = {}): number | null => {
  const series = seriesOf(entry.observations, name, labels);
  const covered = series.some(({ tMs }) => tMs.length > 1 && tMs[0]! <= stretch.startMs && reaches(tMs, stretch));
  return covered ? growthOf(series, [stretch]) / (totalMs([stretch]) / 1000) : null;
};

/** Samples come once a second, and the last of an entry may stand just before its end. */
const reaches = (tMs: Float64Array, { endMs }: Window): boolean => tMs[tMs.length - 1]! >= endMs - 1500;

/** The mean of gauges that are added up; of each its own mean, since their samples do not come at once. */
export const meanIn = (entry: GrowthEntry, name: string, stretch: Window, labels: Labels = {}): number | null => {
  const means = seriesOf(entry.observations, name, labels)
    .map((series) => meanOf(samplesWithin(series, [stretch]).values))
    .filter((mean) => mean !== null);
  return means.length === 0 ? null : means.reduce((total, mean) => total + mean, 0);
};

/** The highest of the means of several gauges that tell the same: replicas each report the rows of one database. */
export const highestMeanIn = (entry: GrowthEntry, name: string, stretch: Window, labels: Labels): number | null => {
  const means = seriesOf(entry.observations, name, labels)
    .map((series) => meanOf(samplesWithin(series, [stretch]).values))
    .filter((mean) => mean !== null);
  return means.length === 0 ? null : Math.max(...means);
};

/** How many were busy on average: the time for which they were held, over the time that went by (Little's law). */
export const busyIn = (entry: GrowthEntry, name: string, stretch: Window): number | null => {
  const seen = histogramsOf(entry.observations, name).some(({ tMs }) => tMs.some((at) => isWithin(at, [stretch])));
  return seen ? pileIn(entry, name, [stretch]).sum / (totalMs([stretch]) / 1000) : null;
};

/** The last value that was reported, the least of all who report one. */
export const leastReported = (entry: GrowthEntry, name: string, labels: Labels = {}): number | null => {
  const last = seriesOf(entry.observations, name, labels).flatMap(({ values }) => Array.from(values.slice(-1)));
  return last.length === 0 ? null : Math.min(...last);
};

export const countOf = (entry: GrowthEntry, name: string): number => seriesOf(entry.observations, name).length;
