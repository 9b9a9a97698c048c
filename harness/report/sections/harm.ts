/** What a fault did until the end: how soon it was felt, how much was lost, how long the queue stood. */
import type { Html } from '../html.ts';
import {
  formatCount,
  formatCountOf,
  formatDuration,
  formatShare,
  formatValue,
} from '../../measure/numbers-in-words.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import type { Labels, Observations } from '../../measure/tracks/observations.ts';
import { sumAtSamples, totalOf } from '../../measure/tracks/windows.ts';
import type { Samples, Window } from '../../measure/tracks/windows.ts';
import type { ScenarioResult } from '../../result.ts';
import { numbers, tableFrom, words } from './table.ts';

/** From the first injection to the end of the load. */
interface Disturbance extends Window {
  mendedMs: number;
}

/** Null where no fault was injected and mended. */
const disturbanceOf = ({ faults, phases }: ScenarioResult): Disturbance | null => {
  const injected = faults.map(({ injectedAtMs }) => injectedAtMs).filter((atMs) => atMs !== null);
  const mended = faults.map(({ revertedAtMs }) => revertedAtMs).filter((atMs) => atMs !== null);
  const endMs = phases.at(-1)?.endMs;
  if (injected.length === 0 || mended.length === 0 || endMs === undefined) return null;
  return { startMs: Math.min(...injected), mendedMs: Math.max(...mended), endMs: Math.max(endMs, ...mended) };
};

const afterInjection = (atMs: number, { startMs }: Disturbance): string =>
  `${formatDuration(atMs - startMs)} after the injection`;

const lastSeen = (lastMs: number | undefined, { mendedMs }: Disturbance): string => {
  if (lastMs === undefined) return 'nobody waited';
  if (lastMs <= mendedMs) return 'before it was mended';
  return `${formatDuration(lastMs - mendedMs)} after it was mended`;
};

/** Rows of a queue: its greatest length and when, and when it was last seen. */
const queueRows = (title: string, { tMs, values }: Samples, disturbance: Disturbance): string[][] => {
  if (values.length === 0) return [];
  const most = values.reduce((high, value) => Math.max(high, value), 0);
  const when = most === 0 ? '' : `, ${afterInjection(tMs[values.indexOf(most)]!, disturbance)}`;
  const lastMs = tMs.findLast((_, index) => values[index]! > 0);
  return [
    [`${title}, most at once`, `${formatCount(most)}${when}`],
    [`${title}, last seen`, lastSeen(lastMs, disturbance)],
  ];
};

const firstFailureMs = (observations: Observations, { startMs, endMs }: Window): number =>
  seriesOf(observations, 'http_reqs', { outcome: 'error' })
    .flatMap(({ tMs, values }) =>
      Array.from(tMs).filter((atMs, index) => values[index]! > 0 && atMs > startMs && atMs <= endMs),
    )
    .reduce((least, atMs) => Math.min(least, atMs), Infinity);

const requestRows = (observations: Observations, disturbance: Disturbance): string[][] => {
  const count = (labels: Labels): number => totalOf(seriesOf(observations, 'http_reqs', labels), [disturbance]);
  const all = count({});
  const lost = (some: number): string =>
    some === 0 ? '0' : `${formatCountOf(some, all)} (${formatShare(some / all)})`;
  const firstMs = firstFailureMs(observations, disturbance);
  return [
    ['First failed request', Number.isFinite(firstMs) ? afterInjection(firstMs, disturbance) : 'none'],
    ['Requests that failed', lost(count({ outcome: 'error' }))],
    ['Requests that were refused', lost(count({ outcome: 'refused' }))],
  ];
};

/** Failed requests × time, as grade/ counts them: in runs of before they stand nowhere. */
const errorSecondsRow = ({ figures }: ScenarioResult): string[][] => {
  const seconds = figures['errorSeconds'];
  if (seconds == null) return [];
  return [['Error-seconds (failed requests × time)', `${formatValue(seconds, 's')} of a full outage`]];
};

/** Null where no fault was injected and mended, or nothing was seen. Instants are as fine as the samples: a second. */
export const harmTable = (scenario: ScenarioResult, observations: Observations | null): Html | null => {
  const disturbance = disturbanceOf(scenario);
  if (disturbance === null || observations === null || observations.series.length === 0) return null;
  const queue = (title: string, name: string, labels: Labels = {}): string[][] =>
    queueRows(title, sumAtSamples(seriesOf(observations, name, labels), [disturbance]), disturbance);
  return tableFrom({
    caption: 'What it did, from its injection to the end of the load',
    columns: [...words('Figure'), ...numbers('Seen')],
    rows: [
      ...requestRows(observations, disturbance),
      ...errorSecondsRow(scenario),
      ...queue('Acquisitions waiting for the app pool', 'db.client.connection.pending_requests'),
      ...queue('Clients waiting in the pooler', 'pooler.clients', { state: 'waiting' }),
    ],
  });
};
