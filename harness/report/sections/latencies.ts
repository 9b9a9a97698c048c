/** How long things took, whole: percentiles of every wait and every service time, and the spectrum of the requests. */
import { spectrumOf } from '../charts/spectrum.ts';
import type { Spectrum } from '../charts/spectrum.ts';
import { formatCount, formatNumber } from '../../measure/numbers-in-words.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { finePile } from '../../measure/histograms/fine-quantile.ts';
import type { FinePile } from '../../measure/histograms/fine-quantile.ts';
import type { ExponentialHistogram } from '../../measure/histograms/histogram.ts';
import type { Labels, Observations } from '../../measure/tracks/observations.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { highestIn, histogramsIn, judgedPhases, totalIn } from '../../measure/tracks/phase-set.ts';
import type { PhaseSet } from '../../measure/tracks/phase-set.ts';
import type { ScenarioResult } from '../../result.ts';
import { tableFrom } from './table.ts';
import type { Cell } from './table.ts';

interface Kind {
  title: string;
  how: string;
  histogram: string;
  labels: Labels;
  /** To ms. */ factor: number;
}

const interactive = { kind: 'interactive' };
const kinds: readonly Kind[] = [
  {
    title: 'Requests that succeeded',
    how: 'interactive, by k6',
    histogram: 'http_req_duration',
    labels: { ...interactive, outcome: 'ok' },
    factor: 1,
  },
  {
    title: 'The same, with opening the connection',
    how: 'what a person feels',
    histogram: 'pgsurge_request_duration',
    labels: { outcome: 'ok' },
    factor: 1,
  },
  {
    title: 'Requests that failed',
    how: 'interactive, by k6',
    histogram: 'http_req_duration',
    labels: { ...interactive, outcome: 'error' },
    factor: 1,
  },
  {
    title: 'Requests that were refused (429)',
    how: 'interactive, by k6',
    histogram: 'http_req_duration',
    labels: { ...interactive, outcome: 'refused' },
    factor: 1,
  },
  {
    title: 'Jobs, from sent to done',
    how: 'as the client followed them',
    histogram: 'pgsurge_job_duration',
    labels: {},
    factor: 1,
  },
  {
    title: 'Tasks, from due to started',
    how: 'queue time',
    histogram: 'pgsurge.task.due_to_start',
    labels: {},
    factor: 1000,
  },
  {
    title: 'Acquiring a connection of the app pool',
    how: 'queue time',
    histogram: 'db.client.connection.wait_time',
    labels: {},
    factor: 1000,
  },
  {
    title: 'Holding it',
    how: 'from acquired to given back',
    histogram: 'db.client.connection.use_time',
    labels: {},
    factor: 1000,
  },
  {
    title: 'Transactions, BEGIN to COMMIT',
    how: 'service time',
    histogram: 'pgsurge.transaction.duration',
    labels: { outcome: 'ok' },
    factor: 1000,
  },
  {
    title: 'Queries',
    how: 'seen by the service, the pooler’s wait within',
    histogram: 'db.client.operation.duration',
    labels: {},
    factor: 1000,
  },
];

const shares = [0.5, 0.9, 0.95, 0.99, 0.999] as const;

/** At least one observation lies above it, or it is not one. */
const enough = (share: number, count: number): boolean => count * (1 - share) >= 0.999;

const percentilesOf = ({ count, max, quantile }: FinePile, factor: number): string[] =>
  count === 0
    ? percentiles.map(() => '–')
    : [
        ...shares.map((share) => (enough(share, count) ? formatNumber((quantile(share) ?? 0) * factor) : '–')),
        formatNumber(max * factor),
      ];

/** A stranger's script has no kinds: then all its requests. */
const found = (observations: Observations, { histogram, labels }: Kind, phaseSet: PhaseSet): ExponentialHistogram[] => {
  const own = histogramsIn(observations, histogram, labels, phaseSet);
  if (
    own.length > 0 ||
    labels['kind'] === undefined ||
    observations.histograms.some((one) => one.name === histogram && one.labels['kind'] === 'interactive')
  )
    return own;
  const { kind: _, ...others } = labels;
  return histogramsIn(observations, histogram, others, phaseSet);
};

const percentiles = ['p50', 'p90', 'p95', 'p99', 'p99.9', 'Highest'].map((title) => ({ title, number: true }));

interface Seen {
  kind: Kind;
  pile: FinePile;
}

const percentileTable = (seen: readonly Seen[]): Html | null =>
  seen.length === 0
    ? null
    : tableFrom({
        caption:
          'How long it took, in ms, without the warm-up. A percentile that fewer than one of them lies above is left out',
        columns: [{ title: 'What' }, { title: 'Of', number: true }, ...percentiles],
        rows: seen.map(({ kind: { title, how, factor }, pile }): Cell[] => [
          html`${title}<span class="how">${how}</span>`,
          formatCount(pile.count),
          ...percentilesOf(pile, factor),
        ]),
      });

const drawnKinds: [Kind, Pick<Spectrum, 'title' | 'colour' | 'dash'>][] = [
  [kinds[0]!, { title: 'requests that succeeded', colour: 'blue', dash: null }],
  [kinds[2]!, { title: 'requests that failed', colour: 'red', dash: '5 3' }],
  [kinds[5]!, { title: 'tasks, from due to started', colour: 'gold', dash: '2 2' }],
  [kinds[8]!, { title: 'transactions', colour: 'teal', dash: null }],
];

const fewestDrawn = 20;

const spectrum = (seen: readonly Seen[]): Html | null =>
  spectrumOf(
    drawnKinds.flatMap(([wanted, look]) => {
      const pile = seen.find(({ kind }) => kind === wanted)?.pile;
      return pile === undefined || pile.count < fewestDrawn
        ? []
        : [{ ...look, count: pile.count, valueAt: (share: number) => (pile.quantile(share) ?? 0) * wanted.factor }];
    }),
  );

/** The pools of the service's processes, each its own: a sum hides one that is exhausted. */
const poolTable = (observations: Observations, phaseSet: PhaseSet): Html | null => {
  const instances = [
    ...new Set(
      seriesOf(observations, 'db.client.connection.max').map(({ labels }) => labels['service.instance'] ?? ''),
    ),
  ].sort();
  if (instances.length === 0) return null;
  const shown = (value: number | null): string => (value === null ? '–' : formatNumber(value));
  return tableFrom({
    caption:
      'The app pool of each process, without the warm-up: most connections in use, most waiting, acquisitions and how long each took, in ms',
    columns: [
      { title: 'Process' },
      ...['Size', 'In use', 'Waiting', 'Acquired', 'Timed out', ...percentiles.map(({ title }) => title)].map(
        (title) => ({ title, number: true }),
      ),
    ],
    rows: instances.map((instance): Cell[] => {
      const labels: Labels = instance === '' ? {} : { 'service.instance': instance };
      const waits = finePile(histogramsIn(observations, 'db.client.connection.wait_time', labels, phaseSet));
      return [
        instance === '' ? 'the service' : `replica ${instance}`,
        shown(highestIn(observations, 'db.client.connection.max', labels, phaseSet)),
        shown(highestIn(observations, 'db.client.connection.count', { ...labels, state: 'used' }, phaseSet)),
        shown(highestIn(observations, 'db.client.connection.pending_requests', labels, phaseSet)),
        formatCount(waits.count),
        formatCount(totalIn(observations, 'db.client.connection.timeouts', labels, phaseSet)),
        ...percentilesOf(waits, 1000),
      ];
    }),
  });
};

export const latencyParts = ({ phases }: ScenarioResult, observations: Observations): (Html | null)[] => {
  const phaseSet = judgedPhases(phases);
  const seen = kinds
    .map((kind) => ({ kind, pile: finePile(found(observations, kind, phaseSet)) }))
    .filter(({ pile }) => pile.count > 0);
  return [spectrum(seen), percentileTable(seen), poolTable(observations, phaseSet)];
};
