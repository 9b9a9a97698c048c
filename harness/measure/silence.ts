/** A stretch in which nobody was answered though somebody waited, and what a closed loop could not send in it. */
import type { PhaseResult } from '../result.ts';
import { fineQuantile } from './histograms/fine-quantile.ts';
import { histogramsOf, seriesOf, type Observations, type Series } from './tracks/observations.ts';
import { judgedPhases } from './tracks/phase-set.ts';
import { totalOf, type Window } from './tracks/windows.ts';

interface Judge {
  observations: Observations;
  phases: readonly PhaseResult[];
}

export interface Silence extends Window {
  /** Users that were there, all of which waited. */
  users: number;
  /** Requests that were not sent, by the rate of the seconds before. */
  unsent: number;
  /** Their share of what would have been sent in the minute around the silence (%). */
  unsentPercent: number;
}

/** k6 exports once a second: with answers all the time, exports that hold some are no further apart. */
const longestGapMs = 1500;
/** So long before it the usual rate is looked at. */
const beforeMs = 5000;
const minuteMs = 60_000;

const answered = ({ observations, phases }: Judge): Series[] => {
  const names = judgedPhases(phases).phases;
  return seriesOf(observations, 'http_reqs').filter(
    ({ labels }) => names.has(labels['phase'] ?? '') && labels['status'] !== '0',
  );
};

const instantsOf = (series: readonly Series[]): number[] => {
  const times = series.flatMap(({ tMs, values }) => Array.from(tMs).filter((_, index) => values[index]! > 0));
  return [...new Set(times)].sort((a, b) => a - b);
};

/** The longest wait of the requests that an export at this instant holds (ms). */
const longestWaitAt = ({ observations }: Judge, atMs: number): number =>
  histogramsOf(observations, 'http_req_duration')
    .flatMap(({ tMs, histograms }) => histograms.filter((_, index) => tMs[index] === atMs))
    .reduce((most, { max }) => Math.max(most, max), 0);

const usersIn = ({ observations }: Judge, { startMs, endMs }: Window): number =>
  seriesOf(observations, 'vus')
    .flatMap(({ tMs, values }) =>
      Array.from(values).filter((_, index) => tMs[index]! >= startMs && tMs[index]! <= endMs),
    )
    .reduce((most, value) => Math.max(most, value), 0);

const silenceBetween = (judge: Judge, series: readonly Series[], beforeAtMs: number, atMs: number): Silence => {
  const waitedMs = longestWaitAt(judge, atMs);
  const window = { startMs: beforeAtMs, endMs: Math.min(atMs, beforeAtMs + waitedMs) };
  const perMs = totalOf(series, [{ startMs: beforeAtMs - beforeMs, endMs: beforeAtMs }]) / beforeMs;
  const unsent = Math.round(perMs * (window.endMs - window.startMs));
  const around = { startMs: window.startMs - minuteMs / 2, endMs: window.endMs + minuteMs / 2 };
  const sent = totalOf(series, [around]);
  const offered = unsent + sent;
  return {
    ...window,
    users: usersIn(judge, { startMs: beforeAtMs, endMs: atMs }),
    unsent,
    unsentPercent: offered === 0 ? 0 : (100 * unsent) / offered,
  };
};

/** The longest; null where every export held answers, or nobody waited between two that did (all users slept). */
export const longestSilence = (judge: Judge): Silence | null => {
  const series = answered(judge);
  const instants = instantsOf(series);
  return instants
    .map((atMs, index) => ({ atMs, beforeAtMs: instants[index - 1] ?? atMs }))
    .filter(({ atMs, beforeAtMs }) => atMs - beforeAtMs > longestGapMs)
    .map(({ atMs, beforeAtMs }) => silenceBetween(judge, series, beforeAtMs, atMs))
    .reduce<Silence | null>(
      (longest, one) => (longest === null || lengthOf(one) > lengthOf(longest) ? one : longest),
      null,
    );
};

/** What answers take here, as percentiles tell it: only a silence beyond that is hidden by them. */
export const usualMs = ({ observations, phases }: Judge): number => {
  const names = judgedPhases(phases).phases;
  const durations = histogramsOf(observations, 'http_req_duration')
    .filter(({ labels }) => names.has(labels['phase'] ?? ''))
    .flatMap(({ histograms }) => histograms);
  return fineQuantile(durations, 0.95) ?? 0;
};

export const lengthOf = ({ startMs, endMs }: Window): number => endMs - startMs;
