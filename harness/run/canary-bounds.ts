/** The alert bounds by which a canary is judged while it is watched, on what its own metrics say. */
import { alertBounds, type AlertBound } from '../grade/alert-bounds.ts';
import { isAskedByUs } from '../measure/own-routes.ts';
import { holds } from '../measure/bounds.ts';
import { finePile } from '../measure/histograms/fine-quantile.ts';
import type { ExponentialHistogram } from '../measure/histograms/histogram.ts';
import { formatNumber } from '../measure/numbers-in-words.ts';
import type { Labels } from '../measure/tracks/observations.ts';

/** What one replica said, in order of time. */
export interface CanarySamples {
  values: readonly { series: string; labels: Labels; value: number; atMs: number }[];
  histograms: readonly { series: string; labels: Labels; histogram: ExponentialHistogram; atMs: number }[];
}

/** Fewer requests say nothing of a 95th percentile. */
const fewest = 20;
const share = 0.95;

const last = ({ values }: CanarySamples, series: string, labels: Labels = {}): number | null =>
  values.findLast(
    (one) => one.series === series && Object.entries(labels).every(([name, value]) => one.labels[name] === value),
  )?.value ?? null;

/** Without our own questions: they are a thousand times faster than anything that needs the database. */
const p95Ms = ({ histograms }: CanarySamples, series: string): number | null => {
  const wanted = histograms.filter((one) => one.series === series && !isAskedByUs(one.labels['http.route']));
  const pile = finePile(wanted.map(({ histogram }) => histogram));
  const seconds = pile.count < fewest ? null : pile.quantile(share);
  return seconds === null ? null : seconds * 1000;
};

const poolShare = (samples: CanarySamples): number | null => {
  const used = last(samples, 'db.client.connection.count', { state: 'used' });
  const max = last(samples, 'db.client.connection.max');
  return used === null || max === null ? null : (100 * used) / max;
};

const timeoutShare = ({ values }: CanarySamples): number | null => {
  const sum = (series: string): number =>
    values.reduce((total, one) => total + (one.series === series ? one.value : 0), 0);
  const timeouts = sum('db.client.connection.timeouts');
  const acquisitions = Math.max(sum('pgsurge.acquisitions'), timeouts);
  return acquisitions === 0 ? null : (100 * timeouts) / acquisitions;
};

/** How each alert bound is read, by its id; null where the samples say nothing of it. */
const measures: Readonly<Record<string, (samples: CanarySamples) => number | null>> = {
  'pool-utilisation': poolShare,
  'connection-timeouts': timeoutShare,
  'api-p95': (samples) => p95Ms(samples, 'http.server.request.duration'),
  'query-p95': (samples) => p95Ms(samples, 'db.client.operation.duration'),
  'waiting-acquisitions': (samples) => last(samples, 'db.client.connection.pending_requests'),
};

export interface BoundReading {
  bound: AlertBound;
  value: number;
  broken: boolean;
  /** "App pool in use, sustained: 100 % (bound <= 80 %, seeds 000, 002)". */
  words: string;
}

const readingOf = (bound: AlertBound, value: number): BoundReading => ({
  bound,
  value,
  broken: !holds(value, bound),
  words:
    `${bound.title}: ${formatNumber(value)} ${bound.unit} ` +
    `(bound ${bound.comparator} ${bound.value} ${bound.unit}, seeds ${bound.source})`,
});

/** What the samples say of each bound that a replica's own metrics can say something of. */
export const readBounds = (samples: CanarySamples): BoundReading[] =>
  alertBounds.flatMap((bound) => {
    const value = measures[bound.id]?.(samples) ?? null;
    return value === null ? [] : [readingOf(bound, value)];
  });
