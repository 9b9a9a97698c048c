/**
 * What was seen during one entry of a run, as the judges and the charts take it: plain values in memory,
 * on one clock (ms from the run's start). Loaded from samples on disk by `harness/archive/samples/`.
 */
import type { ExponentialHistogram } from '../histograms/histogram.ts';
import type { RollUp } from './rollup.ts';

export type Labels = Readonly<Record<string, string>>;

/** A level; an amount per interval (Δ); a count that only grows until its source restarts. */
export type SeriesKind = 'gauge' | 'delta' | 'cumulative';

export interface Series {
  name: string;
  labels: Labels;
  kind?: SeriesKind;
  /** Times ascend. */
  tMs: Float64Array;
  values: Float64Array;
}

export interface HistogramSeries {
  name: string;
  labels: Labels;
  /** End of the interval each histogram covers, ascending. Deltas: each covers only its own interval. */
  tMs: Float64Array;
  histograms: ExponentialHistogram[];
}

export interface LogLine {
  atMs: number;
  component: string;
  instance: number;
  text: string;
  /** Of the error that it is, as its collector read it; absent in older runs, and for lines that are none. */
  family?: string;
}

/** A source that failed or never spoke: its criteria become inconclusive with this reason. */
export interface SourceStatus {
  source: string;
  ok: boolean;
  reason: string;
}

export interface Observations {
  series: readonly Series[];
  histograms: readonly HistogramSeries[];
  /** Errors and other lines worth showing, classified by the collector; capped. */
  logLines: readonly LogLine[];
  sources: readonly SourceStatus[];
  /** What the charts of a kept run show, whose samples are gone. */
  kept?: RollUp;
}

const matches = (labels: Labels, wanted: Labels): boolean =>
  Object.entries(wanted).every(([name, value]) => labels[name] === value);

/** The series of that name whose labels include `wanted`. */
export const seriesOf = (observations: Observations, name: string, wanted: Labels = {}): Series[] =>
  observations.series.filter((series) => series.name === name && matches(series.labels, wanted));

/** The histograms of that name that have all wanted labels. */
export const histogramsOf = (observations: Observations, name: string, wanted: Labels = {}): HistogramSeries[] =>
  observations.histograms.filter((series) => series.name === name && matches(series.labels, wanted));
