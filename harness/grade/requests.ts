import type { PhaseResult } from '../result.ts';
import { histogramsOf, seriesOf, type Labels, type Observations } from '../measure/tracks/observations.ts';
import { byLabel, pileOf, type KindTimes, type Pile } from './histogram-pile.ts';
import { loadedPhaseNames } from './judged-windows.ts';

/** k6 fixes its tags before the answer, so where the collector gave no outcome the status says it. */
export const outcomeOf = ({ outcome, status }: Labels): 'ok' | 'refused' | 'error' => {
  if (outcome === 'ok' || outcome === 'refused' || outcome === 'error') return outcome;
  const code = Number(status ?? 0);
  if (code === 429) return 'refused';
  return code >= 200 && code < 400 ? 'ok' : 'error';
};

/** The kind of request is the k6 scenario that sent it. */
const isKind = (labels: Labels, kind: string | null): boolean =>
  kind === null || (labels['kind'] ?? labels['scenario']) === kind;

export interface RequestCounts {
  ok: number;
  refused: number;
  error: number;
}

/** k6's requests of the judged phases by outcome; k6's own tags say phase and outcome, so no window cuts them. */
export const requestCounts = (
  observations: Observations,
  phases: readonly PhaseResult[],
  kind: string | null = null,
): RequestCounts => {
  const names = loadedPhaseNames(phases);
  const counts: RequestCounts = { ok: 0, refused: 0, error: 0 };
  for (const { labels, values } of seriesOf(observations, 'http_reqs')) {
    if (names.has(labels['phase'] ?? '') && isKind(labels, kind))
      counts[outcomeOf(labels)] += values.reduce((sum, value) => sum + value, 0);
  }
  return counts;
};

/** Latencies (ms) of requests that succeeded in the judged phases, taken together: percentiles are never averaged. */
export const requestDurations = (observations: Observations, phases: readonly PhaseResult[], kind: string): Pile => {
  const names = loadedPhaseNames(phases);
  return pileOf(
    histogramsOf(observations, 'http_req_duration')
      .filter(({ labels }) => names.has(labels['phase'] ?? '') && isKind(labels, kind) && outcomeOf(labels) === 'ok')
      .flatMap(({ histograms }) => histograms),
  );
};

/** p95 (ms) of the slowest route among those requests, by k6's name tag; null where no route has enough. */
export const slowestRoute = (
  observations: Observations,
  phases: readonly PhaseResult[],
  kind: string,
): KindTimes | null => {
  const names = loadedPhaseNames(phases);
  const groups = histogramsOf(observations, 'http_req_duration').filter(
    ({ labels }) => names.has(labels['phase'] ?? '') && isKind(labels, kind) && outcomeOf(labels) === 'ok',
  );
  return byLabel(groups, 'name', 20)[0] ?? null;
};

/** Instants of intervals that held requests with this outcome. */
export const requestTimes = (
  observations: Observations,
  outcome: 'ok' | 'error',
  kind: string | null = null,
): number[] =>
  seriesOf(observations, 'http_reqs')
    .filter(({ labels }) => outcomeOf(labels) === outcome && isKind(labels, kind))
    .flatMap(({ tMs, values }) => Array.from(tMs).filter((_, index) => values[index]! > 0))
    .sort((a, b) => a - b);
