/**
 * Series cut to windows and brought to one value: sums over instances, growth of counters, levels that were held.
 * Everything here is pure. Times are ms from the run's start.
 */
import type { PhaseResult } from '../../result.ts';
import { countUpTo, intervalAround, valueAt } from './cadence.ts';
import type { ExponentialHistogram } from '../histograms/histogram.ts';
import type { HistogramSeries, Series } from './observations.ts';

export interface Window {
  startMs: number;
  endMs: number;
}

/** Samples, ascending in time. */
export interface Samples {
  tMs: number[];
  values: number[];
}

/** Sustained means ten samples of 1 s in a row (docs/glossary.md, "sustained"). */
export const sustainedSamples = 10;
/** Fewer samples than this in a row prove nothing, however short the phase. */
export const fewestSamples = 5;
/** Samples further apart are not "in a row": at 1 s, one may be missing. */
export const longestGapMs = 2500;

/** Phases follow each other, so between two of them lies nothing but rounding. */
const neighboursMs = 50;

/** The windows in order, with neighbours made one. */
export const mergeWindows = (windows: readonly Window[]): Window[] => {
  const merged: Window[] = [];
  for (const window of [...windows].sort((a, b) => a.startMs - b.startMs)) {
    const last = merged.at(-1);
    if (last === undefined || window.startMs - last.endMs > neighboursMs) merged.push({ ...window });
    else last.endMs = Math.max(last.endMs, window.endMs);
  }
  return merged;
};

export const windowsOf = (phases: readonly PhaseResult[], kinds: readonly PhaseResult['kind'][]): Window[] =>
  mergeWindows(phases.filter(({ kind }) => kinds.includes(kind)).map(({ startMs, endMs }) => ({ startMs, endMs })));

export const totalMs = (windows: readonly Window[]): number =>
  windows.reduce((total, { startMs, endMs }) => total + endMs - startMs, 0);

export const isWithin = (tMs: number, windows: readonly Window[]): boolean =>
  windows.some(({ startMs, endMs }) => tMs > startMs && tMs <= endMs);

export const samplesWithin = (
  samples: { tMs: ArrayLike<number>; values: ArrayLike<number> },
  windows: readonly Window[],
): Samples => {
  const kept: Samples = { tMs: [], values: [] };
  for (let index = 0; index < samples.tMs.length; index += 1) {
    const tMs = samples.tMs[index]!;
    if (!isWithin(tMs, windows)) continue;
    kept.tMs.push(tMs);
    kept.values.push(samples.values[index]!);
  }
  return kept;
};

/** The histograms whose interval ended inside the windows. */
export const histogramsWithin = (
  series: readonly HistogramSeries[],
  windows: readonly Window[],
): ExponentialHistogram[] =>
  series.flatMap(({ tMs, histograms }) => histograms.filter((_, index) => isWithin(tMs[index]!, windows)));

/** Sum of a delta series' values inside the windows (everywhere without windows). */
export const totalOf = (series: readonly Series[], windows: readonly Window[] | null = null): number => {
  let total = 0;
  for (const { tMs, values } of series) {
    for (let index = 0; index < tMs.length; index += 1) {
      if (windows === null || isWithin(tMs[index]!, windows)) total += values[index]!;
    }
  }
  return total;
};

const sumsAt = (series: readonly Series[], times: Iterable<number>): Samples => {
  const sums: Samples = { tMs: [], values: [] };
  for (const tMs of times) {
    const present = series.map((one) => valueAt(one, tMs)).filter((value) => value !== null);
    if (present.length === 0) continue;
    sums.tMs.push(tMs);
    sums.values.push(present.reduce((total, value) => total + value, 0));
  }
  return sums;
};

/**
 * Gauges added up, one sample a second. A gauge that was silent for longer than its source usually is does not count
 * (its instance is gone); seconds in which all were silent give no sample.
 */
export const sumPerSecond = (series: readonly Series[], windows: readonly Window[]): Samples =>
  sumsAt(
    series,
    windows.flatMap(({ startMs, endMs }) =>
      Array.from(
        { length: Math.max(0, Math.floor((endMs - startMs) / 1000)) },
        (_, second) => startMs + (second + 1) * 1000,
      ),
    ),
  );

/** Gauges added up at every instant at which one was sampled: for peaks, which a second may hold between its ends. */
export const sumAtSamples = (series: readonly Series[], windows: readonly Window[]): Samples => {
  const times = new Set(series.flatMap(({ tMs }) => Array.from(tMs).filter((time) => isWithin(time, windows))));
  return sumsAt(
    series,
    [...times].sort((a, b) => a - b),
  );
};

export interface Held {
  value: number;
  fromMs: number;
  untilMs: number;
  /** Samples in the row. */
  inARow: number;
  /** All samples that were looked at. */
  count: number;
}

/**
 * Every ten samples in a row, with one value for each. Where the longest row is shorter (a phase of some seconds), all
 * of it is the row: that can only make the value higher, so it never hides an excess. None where no row has
 * `fewestSamples`.
 */
const stretchesOf = (
  { tMs, values }: Samples,
  wanted: number,
  valueOf: (values: readonly number[]) => number,
): Held[] => {
  const rows = rowsOf(tMs);
  const width = Math.min(wanted, Math.max(0, ...rows.map(({ length }) => length)));
  if (width < Math.min(fewestSamples, wanted)) return [];
  const stretches: Held[] = [];
  for (const { start, length } of rows) {
    for (let first = start; first + width <= start + length; first += 1) {
      const last = first + width - 1;
      const value = valueOf(values.slice(first, last + 1));
      stretches.push({ value, fromMs: tMs[first]!, untilMs: tMs[last]!, inARow: width, count: values.length });
    }
  }
  return stretches;
};

const highestOf = (stretches: readonly Held[]): Held | null =>
  stretches.reduce<Held | null>((best, one) => (best === null || one.value > best.value ? one : best), null);

/** The highest level held: the largest value that ten samples in a row reached or exceeded. */
export const highestHeld = (samples: Samples, wanted = sustainedSamples): Held | null =>
  highestOf(stretchesOf(samples, wanted, (values) => Math.min(...values)));

/** The mean of every ten samples in a row: for rates, which swing from second to second. */
export const meansHeld = (samples: Samples): Held[] =>
  stretchesOf(samples, sustainedSamples, (values) => meanOf(values)!);

export const highestMean = (samples: Samples): Held | null => highestOf(meansHeld(samples));

/** Stretches of samples that follow each other without a gap. */
const rowsOf = (tMs: readonly number[]): { start: number; length: number }[] => {
  const rows: { start: number; length: number }[] = [];
  tMs.forEach((time, index) => {
    const row = rows.at(-1);
    if (row !== undefined && time - tMs[index - 1]! <= longestGapMs) row.length += 1;
    else rows.push({ start: index, length: 1 });
  });
  return rows;
};

/** A counter freed of resets (a restarted process counts from zero again), starting at 0. */
export const withoutResets = ({ tMs, values }: Series, fromZero = false): Samples => {
  const rising: Samples = { tMs: Array.from(tMs), values: [] };
  let total = 0;
  let before = fromZero ? 0 : (values[0] ?? 0);
  for (const value of values) {
    total += value >= before ? value - before : value;
    rising.values.push(total);
    before = value;
  }
  return rising;
};

const interpolated = ({ tMs, values }: Samples, at: number): number => {
  if (tMs.length === 0 || at <= tMs[0]!) return 0;
  const after = countUpTo(tMs, at);
  if (after === tMs.length) return values.at(-1)!;
  const [t0, t1, v0, v1] = [tMs[after - 1]!, tMs[after]!, values[after - 1]!, values[after]!];
  return t1 === t0 ? v1 : v0 + ((v1 - v0) * (at - t0)) / (t1 - t0);
};

/** Growth of counters, over all instances, inside the windows. */
export const growthOf = (series: readonly Series[], windows: readonly Window[]): number =>
  series
    .map((one) => withoutResets(one))
    .reduce(
      (total, rising) =>
        total +
        windows.reduce(
          (sum, { startMs, endMs }) => sum + interpolated(rising, endMs) - interpolated(rising, startMs),
          0,
        ),
      0,
    );

/** Whether a counter's last sample is no older than half an interval more than usual. */
const isFollowedUntil = (times: Float64Array, tMs: number): boolean =>
  times.length > 1 && times.at(-1)! >= tMs - 1.5 * Math.max(1000, intervalAround(times, times.length - 1));

/** Growth per second of counters, over all instances, one sample a second: CPU seconds give cores. */
export const ratePerSecond = (series: readonly Series[], windows: readonly Window[]): Samples => {
  const rising = series.map((one) => withoutResets(one));
  const rates: Samples = { tMs: [], values: [] };
  for (const { startMs, endMs } of windows) {
    for (let tMs = startMs + 1000; tMs <= endMs; tMs += 1000) {
      const seen = series.some(({ tMs: times }) => times[0]! <= tMs - 1000 && isFollowedUntil(times, tMs));
      if (!seen) continue;
      rates.tMs.push(tMs);
      rates.values.push(
        rising.reduce((total, one) => total + interpolated(one, tMs) - interpolated(one, tMs - 1000), 0),
      );
    }
  }
  return rates;
};

export const meanOf = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((total, value) => total + value, 0) / values.length;

export const lastTimeOf = (series: readonly { tMs: ArrayLike<number> }[]): number | null =>
  series.reduce<number | null>(
    (latest, { tMs }) => (tMs.length === 0 ? latest : Math.max(latest ?? -Infinity, tMs[tMs.length - 1]!)),
    null,
  );
