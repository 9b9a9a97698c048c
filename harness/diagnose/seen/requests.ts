/** What became of k6's requests under load. */
import { fineQuantile } from '../../measure/histograms/fine-quantile.ts';
import { exportEveryMs } from '../../measure/k6-exports.ts';
import { lengthOf } from '../../measure/silence.ts';
import { isServed, outcomeOf } from '../../measure/request-outcome.ts';
import {
  histogramsOf,
  seriesOf,
  type Labels,
  type Observations,
  type Series,
} from '../../measure/tracks/observations.ts';
import { histogramsIn, type PhaseSet } from '../../measure/tracks/phase-set.ts';
import { histogramsWithin, type Window } from '../../measure/tracks/windows.ts';

/** The answers that one name of requests (a route) got. */
interface Route {
  name: string;
  all: number;
  /** By status, 0 for none. */
  byStatus: ReadonlyMap<number, number>;
}

export interface Requests {
  all: number;
  served: number;
  /** Served, 2xx and 3xx only: an answer that the script expects may be a 404. */
  ok: number;
  refused: number;
  failed: number;
  /** Errors of the server (5xx) that the script expects: they count as served, by its word alone. */
  expectedServerErrors: number;
  unanswered: number;
  byStatus: ReadonlyMap<number, number>;
  /** By k6's code for failures: 1050 no answer in time, 1212 connection refused, 1220 reset. */
  byCode: ReadonlyMap<number, number>;
  /** By k6's words for a failure, without numbers. */
  byError: ReadonlyMap<string, number>;
  routes: readonly Route[];
  /** Failed and served ones by the instant of the export that holds them. */
  moments: readonly Moment[];
  latencyMsP50: number | null;
  latencyMsP95: number | null;
}

interface Moment {
  atMs: number;
  failed: number;
  served: number;
}

const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);

const tallyOf = <Key>(series: readonly Series[], keyOf: (labels: Labels) => Key): Map<Key, number> => {
  const tally = new Map<Key, number>();
  for (const { labels, values } of series) {
    const key = keyOf(labels);
    tally.set(key, (tally.get(key) ?? 0) + sum(values));
  }
  return tally;
};

const statusOf = ({ status }: Labels): number => Number(status ?? 0);

const routesOf = (series: readonly Series[]): Route[] =>
  [...Map.groupBy(series, ({ labels }) => labels['name'] ?? '')].map(([name, members]) => {
    const byStatus = tallyOf(members, statusOf);
    return { name, byStatus, all: sum([...byStatus.values()]) };
  });

const momentsOf = (series: readonly Series[]): Moment[] => {
  const moments = new Map<number, Moment>();
  for (const { labels, tMs, values } of series) {
    const outcome = outcomeOf(labels);
    const part = outcome === 'error' ? 'failed' : 'served';
    if (outcome === 'refused') continue;
    for (const [index, atMs] of Array.from(tMs).entries()) {
      const moment = moments.get(atMs) ?? { atMs, failed: 0, served: 0 };
      moment[part] += values[index]!;
      moments.set(atMs, moment);
    }
  }
  return [...moments.values()].toSorted((a, b) => a.atMs - b.atMs);
};

const countOf = (series: readonly Series[], wanted: (labels: Labels) => boolean): number =>
  series.reduce((total, { labels, values }) => total + (wanted(labels) ? sum(values) : 0), 0);

export const requestsOf = (observations: Observations, phaseSet: PhaseSet): Requests => {
  const series = seriesOf(observations, 'http_reqs').filter(({ labels }) => phaseSet.phases.has(labels['phase'] ?? ''));
  const byStatus = tallyOf(series, statusOf);
  const outcome = (wanted: string): number => countOf(series, (labels) => outcomeOf(labels) === wanted);
  const times = histogramsOf(observations, 'http_req_duration').some(({ labels }) => isServed(labels))
    ? histogramsIn(observations, 'http_req_duration', {}, phaseSet)
    : [];
  return {
    all: sum([...byStatus.values()]),
    served: countOf(series, isServed),
    ok: outcome('ok'),
    refused: outcome('refused'),
    failed: outcome('error'),
    expectedServerErrors: countOf(series, (labels) => isServed(labels) && statusOf(labels) >= 500),
    unanswered: byStatus.get(0) ?? 0,
    byStatus,
    byCode: tallyOf(series, ({ error_code: code }) => Number(code ?? 0)),
    byError: tallyOf(series, ({ error }) => error ?? ''),
    routes: routesOf(series),
    moments: momentsOf(series),
    latencyMsP50: fineQuantile(times, 0.5),
    latencyMsP95: fineQuantile(times, 0.95),
  };
};

/** Of the answers that were exported within the windows; null where there were none. */
export const latencyMsP95In = (observations: Observations, windows: readonly Window[]): number | null =>
  fineQuantile(histogramsWithin(histogramsOf(observations, 'http_req_duration'), windows), 0.95);

/** When the failures came; null where there were none. */
export const failedBetween = ({ moments }: Requests): { startMs: number; endMs: number } | null => {
  const failing = moments.filter(({ failed }) => failed > 0);
  return failing.length === 0 ? null : { startMs: failing[0]!.atMs - exportEveryMs, endMs: failing.at(-1)!.atMs };
};

/** The longest stretch in which requests failed and nobody was served; null where others were all the time. */
export const longestUnserved = ({ moments }: Requests): Window | null => {
  const served = moments.filter((moment) => moment.served > 0).map(({ atMs }) => atMs);
  const failed = moments.filter((moment) => moment.failed > 0).map(({ atMs }) => atMs);
  return served
    .map((endMs, index) => ({ startMs: served[index - 1] ?? endMs, endMs }))
    .filter(({ startMs, endMs }) => failed.some((atMs) => atMs > startMs && atMs < endMs))
    .reduce<Window | null>(
      (longest, one) => (longest === null || lengthOf(one) > lengthOf(longest) ? one : longest),
      null,
    );
};
