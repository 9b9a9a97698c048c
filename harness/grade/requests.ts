import type { PhaseResult } from '../result.ts';
import { histogramsOf, seriesOf, type Labels, type Observations } from '../measure/tracks/observations.ts';
import { isAnswered, isServed, outcomeOf, type RequestOutcome } from '../measure/request-outcome.ts';
import { byLabel, pileOf, type KindTimes, type Pile } from './histogram-pile.ts';
import { loadedPhaseNames } from './judged-windows.ts';

/** The kind of request is the k6 scenario that sent it. */
const isKind = (labels: Labels, kind: string | null): boolean =>
  kind === null || (labels['kind'] ?? labels['scenario']) === kind;

/** `ok`: 2xx and 3xx; `expected`: other answers that the script expects. */
export type RequestCounts = Record<RequestOutcome, number>;

/** k6's requests of the judged phases by outcome; k6's own tags say phase and outcome, so no window cuts them. */
export const requestCounts = (
  observations: Observations,
  phases: readonly PhaseResult[],
  kind: string | null = null,
): RequestCounts => {
  const names = loadedPhaseNames(phases);
  const counts: RequestCounts = { ok: 0, expected: 0, refused: 0, error: 0, unknown: 0 };
  for (const { labels, values } of seriesOf(observations, 'http_reqs')) {
    if (names.has(labels['phase'] ?? '') && isKind(labels, kind))
      counts[outcomeOf(labels)] += values.reduce((sum, value) => sum + value, 0);
  }
  return counts;
};

/** Latencies (ms) of requests that were served in the judged phases, taken together: percentiles are never averaged. */
export const requestDurations = (observations: Observations, phases: readonly PhaseResult[], kind: string): Pile => {
  const names = loadedPhaseNames(phases);
  return pileOf(
    histogramsOf(observations, 'http_req_duration')
      .filter(({ labels }) => names.has(labels['phase'] ?? '') && isKind(labels, kind) && isServed(labels))
      .flatMap(({ histograms }) => histograms),
  );
};

/** The route with the highest p95 (ms) of its own, by k6's name tag; null where no route has enough. */
export const slowestRoute = (
  observations: Observations,
  phases: readonly PhaseResult[],
  kind: string,
): KindTimes | null => {
  const names = loadedPhaseNames(phases);
  const groups = histogramsOf(observations, 'http_req_duration').filter(
    ({ labels }) => names.has(labels['phase'] ?? '') && isKind(labels, kind) && isServed(labels),
  );
  return byLabel(groups, 'name', 20).sort((a, b) => b.p95 - a.p95)[0] ?? null;
};

const isOf: Readonly<Record<'served' | 'answered' | 'error', (labels: Labels) => boolean>> = {
  served: isServed,
  answered: isAnswered,
  error: (labels) => outcomeOf(labels) === 'error',
};

/** Instants of intervals that held requests with this outcome. */
export const requestTimes = (
  observations: Observations,
  outcome: keyof typeof isOf,
  kind: string | null = null,
): number[] =>
  seriesOf(observations, 'http_reqs')
    .filter(({ labels }) => isKind(labels, kind))
    .filter(({ labels }) => isOf[outcome](labels))
    .flatMap(({ tMs, values }) => Array.from(tMs).filter((_, index) => values[index]! > 0))
    .sort((a, b) => a - b);
