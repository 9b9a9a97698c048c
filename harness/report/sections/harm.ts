/** What a fault did between its injection and the end: how soon it was felt, how much was lost, how long the queue stood. */
import { formatCount, formatDuration, formatShare } from '../../measure/numbers-in-words.ts';
import type { Html } from '../html.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import type { Labels, Observations } from '../../measure/tracks/observations.ts';
import { sumAtSamples, totalOf } from '../../measure/tracks/windows.ts';
import type { Samples } from '../../measure/tracks/windows.ts';
import type { ScenarioResult } from '../../result.ts';
import { tableFrom } from './table.ts';

const spanOf = ({ faults, phases }: ScenarioResult): { fromMs: number; mendedMs: number; untilMs: number } | null => {
  const injected = faults.map(({ injectedAtMs }) => injectedAtMs).filter((atMs) => atMs !== null);
  const mended = faults.map(({ revertedAtMs }) => revertedAtMs).filter((atMs) => atMs !== null);
  const endMs = phases.at(-1)?.endMs;
  return injected.length === 0 || mended.length === 0 || endMs === undefined
    ? null
    : { fromMs: Math.min(...injected), mendedMs: Math.max(...mended), untilMs: Math.max(endMs, ...mended) };
};

/** Rows of a queue: its greatest length and when, and when it was last seen. */
const queueRows = (
  title: string,
  { tMs, values }: Samples,
  { fromMs, mendedMs }: { fromMs: number; mendedMs: number },
): string[][] => {
  if (values.length === 0) return [];
  const most = values.reduce((high, value) => Math.max(high, value), 0);
  const lastMs = tMs.findLast((_, index) => values[index]! > 0);
  const gone =
    lastMs === undefined
      ? 'nobody waited'
      : lastMs <= mendedMs
        ? 'before it was mended'
        : `${formatDuration(lastMs - mendedMs)} after it was mended`;
  return [
    [
      `${title}, most at once`,
      most === 0
        ? '0'
        : `${formatCount(most)}, ${formatDuration(tMs[values.indexOf(most)]! - fromMs)} after the injection`,
    ],
    [`${title}, last seen`, gone],
  ];
};

/** Null where no fault was injected and mended, or nothing was seen. Instants are as fine as the samples, a second at most. */
export const harmTable = (scenario: ScenarioResult, observations: Observations | null): Html | null => {
  const span = spanOf(scenario);
  if (span === null || observations === null || observations.series.length === 0) return null;
  const windows = [{ startMs: span.fromMs, endMs: span.untilMs }];
  const requests = (outcome: Labels): number => totalOf(seriesOf(observations, 'http_reqs', outcome), windows);
  const all = requests({});
  const lost = (count: number): string =>
    count === 0 ? '0' : `${formatCount(count)} of ${formatCount(all)} (${formatShare(count / all)})`;
  const first = seriesOf(observations, 'http_reqs', { outcome: 'error' })
    .flatMap(({ tMs, values }) =>
      Array.from(tMs).filter((atMs, index) => values[index]! > 0 && atMs > span.fromMs && atMs <= span.untilMs),
    )
    .reduce((least, atMs) => Math.min(least, atMs), Infinity);
  const queue = (title: string, name: string, labels: Labels = {}): string[][] =>
    queueRows(title, sumAtSamples(seriesOf(observations, name, labels), windows), span);
  return tableFrom({
    caption: 'What it did, from its injection to the end of the load',
    columns: [{ title: 'Figure' }, { title: 'Seen', number: true }],
    rows: [
      [
        'First failed request',
        Number.isFinite(first) ? `${formatDuration(first - span.fromMs)} after the injection` : 'none',
      ],
      ['Requests that failed', lost(requests({ outcome: 'error' }))],
      ['Requests that were refused', lost(requests({ outcome: 'refused' }))],
      ...queue('Acquisitions waiting for the app pool', 'db.client.connection.pending_requests'),
      ...queue('Clients waiting in the pooler', 'pooler.clients', { state: 'waiting' }),
    ],
  });
};
