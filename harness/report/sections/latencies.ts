/** How long things took, whole: percentiles of every wait and every service time, and the spectrum of the requests. */
import { spectrumOf } from '../charts/spectrum.ts';
import type { Spectrum } from '../charts/spectrum.ts';
import { formatCountOf, formatNumber } from '../format.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { fineQuantiles } from '../../measure/fine-quantile.ts';
import type { ExponentialHistogram } from '../../measure/histogram.ts';
import type { Labels, Observations } from '../../measure/observations.ts';
import { seriesOf } from '../../measure/observations.ts';
import { highestIn, histogramsIn, judgedPart, totalIn } from '../../measure/parts.ts';
import type { Part } from '../../measure/parts.ts';
import type { ScenarioResult } from '../../result.ts';
import { tableFrom } from './table.ts';
import type { Cell } from './table.ts';

interface Kind { title: string; how: string; histogram: string; labels: Labels; /** To ms. */ factor: number }

const interactive = { kind: 'interactive' };
const kinds: readonly Kind[] = [
  { title: 'Requests that succeeded', how: 'interactive, by k6', histogram: 'http_req_duration', labels: { ...interactive, outcome: 'ok' }, factor: 1 },
  { title: 'The same, with opening the connection', how: 'what a person feels', histogram: 'pgsurge_request_duration', labels: { outcome: 'ok' }, factor: 1 },
  { title: 'Requests that failed', how: 'interactive, by k6', histogram: 'http_req_duration', labels: { ...interactive, outcome: 'error' }, factor: 1 },
  { title: 'Requests that were refused (429)', how: 'interactive, by k6', histogram: 'http_req_duration', labels: { ...interactive, outcome: 'refused' }, factor: 1 },
  { title: 'Jobs, from sent to done', how: 'as the client followed them', histogram: 'pgsurge_job_duration', labels: {}, factor: 1 },
  { title: 'Tasks, from due to started', how: 'queue time', histogram: 'pgsurge.task.due_to_start', labels: {}, factor: 1000 },
  { title: 'Acquiring a connection of the app pool', how: 'queue time', histogram: 'db.client.connection.wait_time', labels: {}, factor: 1000 },
  { title: 'Holding it', how: 'from acquired to given back', histogram: 'db.client.connection.use_time', labels: {}, factor: 1000 },
  { title: 'Transactions, BEGIN to COMMIT', how: 'service time', histogram: 'pgsurge.transaction.duration', labels: { outcome: 'ok' }, factor: 1000 },
  { title: 'Queries', how: 'seen by the service, the pooler’s wait within', histogram: 'db.client.operation.duration', labels: {}, factor: 1000 },
];

const shares = [0.5, 0.9, 0.95, 0.99, 0.999] as const;
const countOf = (histograms: readonly ExponentialHistogram[]): number => histograms.reduce((total, { count }) => total + count, 0);
const highestOf = (histograms: readonly ExponentialHistogram[]): number => histograms.reduce((most, { count, max }) => (count > 0 ? Math.max(most, max) : most), 0);

/** At least one observation lies above it, or it is not one. */
const enough = (share: number, count: number): boolean => count * (1 - share) >= 0.999;

const percentilesOf = (histograms: readonly ExponentialHistogram[], factor: number): string[] => {
  const count = countOf(histograms);
  return [...fineQuantiles(histograms, shares).map((value, index) => (value === null || !enough(shares[index]!, count) ? '–' : formatNumber(value * factor))), formatNumber(highestOf(histograms) * factor)];
};

/** A stranger's script has no kinds: then all its requests. */
const found = (observations: Observations, { histogram, labels }: Kind, part: Part): ExponentialHistogram[] => {
  const own = histogramsIn(observations, histogram, labels, part);
  if (own.length > 0 || labels['kind'] === undefined || observations.histograms.some((one) => one.name === histogram && one.labels['kind'] === 'interactive')) return own;
  const { kind: _, ...others } = labels;
  return histogramsIn(observations, histogram, others, part);
};

const percentiles = ['p50', 'p90', 'p95', 'p99', 'p99.9', 'Highest'].map((title) => ({ title, number: true }));

const percentileTable = (observations: Observations, part: Part): Html | null => {
  const rows = kinds.map((kind) => ({ kind, histograms: found(observations, kind, part) })).filter(({ histograms }) => countOf(histograms) > 0);
  return rows.length === 0 ? null : tableFrom({
    caption: 'How long it took, in ms, without the warm-up. A percentile that fewer than one of them lies above is left out',
    columns: [{ title: 'What' }, { title: 'Of', number: true }, ...percentiles],
    rows: rows.map(({ kind: { title, how, factor }, histograms }): Cell[] => [html`${title}<span class="how">${how}</span>`, formatCountOf(countOf(histograms)), ...percentilesOf(histograms, factor)]),
  });
};

const drawnKinds: [number, Pick<Spectrum, 'title' | 'colour' | 'dash'>][] = [
  [0, { title: 'requests that succeeded', colour: 'blue', dash: null }], [2, { title: 'requests that failed', colour: 'red', dash: '5 3' }], [5, { title: 'tasks, from due to started', colour: 'gold', dash: '2 2' }],
  [8, { title: 'transactions', colour: 'teal', dash: null }],
];

const fewestDrawn = 20;

const spectrum = (observations: Observations, part: Part): Html | null => spectrumOf(drawnKinds.flatMap(([index, look]) => {
  const kind = kinds[index]!;
  const histograms = found(observations, kind, part);
  return countOf(histograms) < fewestDrawn ? [] : [{ ...look, count: countOf(histograms), valuesAt: (wanted: readonly number[]) => fineQuantiles(histograms, wanted).map((value) => (value ?? 0) * kind.factor) }];
}));

/** The pools of the service's processes, each its own: a sum hides one that is exhausted. */
const poolTable = (observations: Observations, part: Part): Html | null => {
  const instances = [...new Set(seriesOf(observations, 'db.client.connection.max').map(({ labels }) => labels['service.instance'] ?? ''))].sort();
  if (instances.length === 0) return null;
  const shown = (value: number | null): string => (value === null ? '–' : formatNumber(value));
  return tableFrom({
    caption: 'The app pool of each process, without the warm-up: most connections in use, most waiting, acquisitions and how long each took, in ms',
    columns: [{ title: 'Process' }, ...['Size', 'In use', 'Waiting', 'Acquired', 'Timed out', ...percentiles.map(({ title }) => title)].map((title) => ({ title, number: true }))],
    rows: instances.map((instance): Cell[] => {
      const labels: Labels = instance === '' ? {} : { 'service.instance': instance };
      const waits = histogramsIn(observations, 'db.client.connection.wait_time', labels, part);
      return [instance === '' ? 'the service' : `replica ${instance}`, shown(highestIn(observations, 'db.client.connection.max', labels, part)),
        shown(highestIn(observations, 'db.client.connection.count', { ...labels, state: 'used' }, part)), shown(highestIn(observations, 'db.client.connection.pending_requests', labels, part)),
        formatCountOf(countOf(waits)), formatCountOf(totalIn(observations, 'db.client.connection.timeouts', labels, part)), ...(countOf(waits) === 0 ? percentiles.map(() => '–') : percentilesOf(waits, 1000))];
    }),
  });
};

/** Null where nothing was seen, as of a kept run. */
export const latencyParts = ({ phases }: ScenarioResult, observations: Observations): (Html | null)[] => {
  const part = judgedPart(phases);
  return [spectrum(observations, part), percentileTable(observations, part), poolTable(observations, part)];
};
