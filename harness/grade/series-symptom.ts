/** A symptom or claim that is looked for in series: a statistic of their sum, or of a difference of two. */
import type { SymptomDeclaration } from '../../scenarios/lib/declaration.ts';
import { holds } from '../measure/bounds.ts';
import { seriesOf, type Labels, type Series } from '../measure/tracks/observations.ts';
import { mergeWindows, samplesWithin, type Samples, type Window } from '../measure/tracks/windows.ts';
import { serviceStartMs, type JudgedSymptoms, type SymptomObservation } from './symptom-observation.ts';

type SeriesObservation = Extract<SymptomDeclaration['observe'], { kind: 'series' }>;

/** Of all series at one instant: those that are taken away count below zero. */
class Level {
  readonly #values = new Map<number, number>();
  readonly #positives: number;
  readonly #spoken = { positive: false, negative: false };

  constructor(positives: number, negatives: number) {
    this.#positives = positives;
    this.#spoken.negative = negatives === 0;
  }

  set(index: number, value: number): void {
    const isPositive = index < this.#positives;
    this.#values.set(index, isPositive ? value : -value);
    this.#spoken[isPositive ? 'positive' : 'negative'] = true;
  }

  /** Null until both sides of a difference have spoken. */
  get sum(): number | null {
    if (!this.#spoken.positive || !this.#spoken.negative) return null;
    return [...this.#values.values()].reduce((total, value) => total + value, 0);
  }
}

/**
 * All instances at each instant added up: a figure like "12 waiting" is the service's, not a replica's.
 * What is sampled at one instant counts at once, and nothing before both sides of a difference have spoken.
 */
const summed = (positive: readonly Series[], negative: readonly Series[]): Samples => {
  const [only, ...others] = [...positive, ...negative];
  if (only !== undefined && others.length === 0) return { tMs: Array.from(only.tMs), values: Array.from(only.values) };
  const events = [...positive, ...negative]
    .flatMap((one, index) => Array.from(one.tMs, (tMs, position) => ({ tMs, index, value: one.values[position]! })))
    .sort((a, b) => a.tMs - b.tMs);
  const level = new Level(positive.length, negative.length);
  const sums: Samples = { tMs: [], values: [] };
  events.forEach(({ tMs, index, value }, position) => {
    level.set(index, value);
    const { sum } = level;
    if (sum === null || events[position + 1]?.tMs === tMs) return;
    sums.tMs.push(tMs);
    sums.values.push(sum);
  });
  return sums;
};

interface Instant {
  value: number;
  atMs: number;
}

/** `raw`: the samples before they were added up, for the sum of what each added. */
const statistics: Readonly<
  Record<SeriesObservation['statistic'], (samples: Samples, raw: readonly number[]) => Instant>
> = {
  max: (samples) => instantAt(samples, samples.values.indexOf(Math.max(...samples.values))),
  min: (samples) => instantAt(samples, samples.values.indexOf(Math.min(...samples.values))),
  first: (samples) => instantAt(samples, 0),
  last: (samples) => instantAt(samples, samples.values.length - 1),
  delta: ({ tMs, values }) => ({ value: values.at(-1)! - values[0]!, atMs: tMs.at(-1)! }),
  sum: ({ tMs }, raw) => ({ value: raw.reduce((total, value) => total + value, 0), atMs: tMs.at(-1)! }),
};

const instantAt = ({ tMs, values }: Samples, index: number): Instant => ({ value: values[index]!, atMs: tMs[index]! });

/** The phase that is declared, or all the time; the least and the last level only while the service was at work. */
const phaseWindows = ({ phase, statistic }: SeriesObservation, judged: JudgedSymptoms): Window[] => {
  if (phase != null) return mergeWindows(judged.phases.filter(({ name }) => name === phase));
  const endsWithService = statistic === 'min' || statistic === 'last';
  return [{ startMs: -Infinity, endMs: endsWithService ? (judged.teardownMs ?? Infinity) : Infinity }];
};

/** Seconds count from the phase, or without one from the service's start. */
const windowsFor = (observe: SeriesObservation, judged: JudgedSymptoms): Window[] => {
  const windows = phaseWindows(observe, judged);
  const { fromSeconds, withinSeconds } = observe;
  const [first] = windows;
  if (first === undefined || (withinSeconds == null && fromSeconds == null)) return windows;
  const anchorMs = Number.isFinite(first.startMs) ? first.startMs : serviceStartMs(judged);
  const startMs = fromSeconds == null ? first.startMs : anchorMs + fromSeconds * 1000;
  const endMs = withinSeconds == null ? windows.at(-1)!.endMs : anchorMs + withinSeconds * 1000;
  return [{ startMs, endMs }];
};

type Named = Pick<SeriesObservation, 'series' | 'labels'>;

const nameOf = ({ series, labels }: Named): string => {
  const values = Object.values(labels ?? {});
  return values.length === 0 ? series : `${series} (${values.join(', ')})`;
};

/** A group that was never seen is not sampled: from the first sample of its series on it counts as zero. */
const zeroFrom = (series: readonly Series[]): Series[] => {
  if (series.length === 0) return [];
  const first = series.reduce((least, { tMs }) => Math.min(least, tMs[0]!), Infinity);
  return [{ name: series[0]!.name, labels: {}, tMs: Float64Array.of(first), values: Float64Array.of(0) }];
};

const seriesWithin = (
  { observations }: JudgedSymptoms,
  { series, labels }: Named,
  windows: readonly Window[],
): Series[] =>
  seriesOf(observations, series, (labels ?? {}) as Labels)
    .map((one) => ({ ...one, ...samplesWithin(one, windows) }))
    .filter(({ tMs }) => tMs.length > 0)
    .map((one) => ({ ...one, tMs: Float64Array.from(one.tMs), values: Float64Array.from(one.values) }));

/** A counter that nothing was added to is never exported: its sum is zero, any other statistic of it is unknown. */
const isZero = ({ statistic }: SeriesObservation, { observations }: JudgedSymptoms): boolean =>
  statistic === 'sum' && observations.sources.every(({ ok }) => ok);

/** What is taken away from a series, as from its first sample on. */
const takenFrom = (
  { minus }: SeriesObservation,
  judged: JudgedSymptoms,
  windows: readonly Window[],
): Series[] | null => {
  if (minus == null) return null;
  return [
    ...zeroFrom(seriesWithin(judged, { series: minus.series }, windows)),
    ...seriesWithin(judged, minus, windows),
  ];
};

const nameOfDifference = (observe: SeriesObservation): string =>
  [observe, observe.minus]
    .filter((one) => one != null)
    .map(nameOf)
    .join(' − ');

export const observeSeries = (observe: SeriesObservation, judged: JudgedSymptoms): SymptomObservation => {
  const name = nameOfDifference(observe);
  const expected = `${observe.statistic} of ${name} ${observe.comparator} ${observe.value}`;
  const unknown = { observed: null, value: null, expected, evidence: [] };
  const windows = windowsFor(observe, judged);
  const found = seriesWithin(judged, observe, windows);
  const taken = takenFrom(observe, judged, windows);
  if (taken?.length === 0) return unknown;
  if (found.length === 0)
    return isZero(observe, judged) ? { ...unknown, observed: holds(0, observe), value: 0 } : unknown;
  const raw = found.flatMap(({ values }) => Array.from(values));
  const { value, atMs } = statistics[observe.statistic](summed(found, taken ?? []), raw);
  const evidence = [{ atMs, text: `${name} = ${value}`, source: observe.series }];
  return { observed: holds(value, observe), value, expected, evidence };
};
