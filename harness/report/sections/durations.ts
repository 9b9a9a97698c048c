/** How long things took, whole: percentiles of every wait and every service time, and the spectrum of the requests. */
import { spectrumOf } from '../charts/spectrum.ts';
import type { Spectrum } from '../charts/spectrum.ts';
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { finePile } from '../../measure/histograms/fine-quantile.ts';
import type { FinePile } from '../../measure/histograms/fine-quantile.ts';
import type { ExponentialHistogram } from '../../measure/histograms/histogram.ts';
import { formatCount, formatNumber } from '../../measure/numbers-in-words.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import type { Labels, Observations } from '../../measure/tracks/observations.ts';
import { highestIn, histogramsIn, judgedPhases, totalIn } from '../../measure/tracks/phase-set.ts';
import type { PhaseSet } from '../../measure/tracks/phase-set.ts';
import type { ScenarioResult } from '../../result.ts';
import { durationKinds } from './duration-kinds.ts';
import type { DurationKind } from './duration-kinds.ts';
import { numbers, tableOfAny, words } from './table.ts';
import type { Cell } from './table.ts';

interface MeasuredKind {
  kind: DurationKind;
  pile: FinePile;
}

/** A stranger's script has no kinds: then all its requests. */
const histogramsOf = (observations: Observations, kind: DurationKind, phaseSet: PhaseSet): ExponentialHistogram[] => {
  const { histogram, labels } = kind;
  const own = histogramsIn(observations, histogram, labels, phaseSet);
  if (own.length > 0 || labels['kind'] === undefined) return own;
  const toldApart = observations.histograms.some(
    (one) => one.name === histogram && one.labels['kind'] === 'interactive',
  );
  if (toldApart) return own;
  const { kind: _, ...others } = labels;
  return histogramsIn(observations, histogram, others, phaseSet);
};

const measuredKinds = (observations: Observations, phaseSet: PhaseSet): MeasuredKind[] =>
  durationKinds
    .map((kind) => ({ kind, pile: finePile(histogramsOf(observations, kind, phaseSet)) }))
    .filter(({ pile }) => pile.count > 0);

const shares = [0.5, 0.9, 0.95, 0.99, 0.999] as const;
const percentileTitles = ['p50', 'p90', 'p95', 'p99', 'p99.9', 'Highest'];

/** At least one observation lies above it, or it is not one. */
const isEnough = (share: number, count: number): boolean => count * (1 - share) >= 0.999;

const percentilesOf = ({ count, max, quantile }: FinePile, factor: number): string[] => {
  if (count === 0) return percentileTitles.map(() => '–');
  const shown = shares.map((share) => (isEnough(share, count) ? formatNumber((quantile(share) ?? 0) * factor) : '–'));
  return [...shown, formatNumber(max * factor)];
};

const percentileTable = (measured: readonly MeasuredKind[]): Html | null =>
  tableOfAny({
    caption:
      'How long it took, in ms, without the warm-up. A percentile that fewer than one of them lies above is left out',
    columns: [...words('What'), ...numbers('Of', ...percentileTitles)],
    rows: measured.map(({ kind: { title, how, factor }, pile }): Cell[] => [
      html`${title}<span class="how">${how}</span>`,
      formatCount(pile.count),
      ...percentilesOf(pile, factor),
    ]),
  });

const fewestDrawn = 20;

const curveOf = ({ kind: { drawn, factor }, pile }: MeasuredKind): Spectrum[] => {
  if (drawn === undefined || pile.count < fewestDrawn) return [];
  return [{ ...drawn, count: pile.count, valueAt: (share) => (pile.quantile(share) ?? 0) * factor }];
};

/** The service's processes by the name that they give themselves; a service of one may have none. */
const instancesOf = (observations: Observations): string[] => {
  const names = seriesOf(observations, 'db.client.connection.max').map(
    ({ labels }) => labels['service.instance'] ?? '',
  );
  return [...new Set(names)].sort();
};

const poolRow = (observations: Observations, phaseSet: PhaseSet, instance: string): Cell[] => {
  const labels: Labels = instance === '' ? {} : { 'service.instance': instance };
  const highest = (name: string, further: Labels = {}): string => {
    const value = highestIn(observations, `db.client.connection.${name}`, { ...labels, ...further }, phaseSet);
    return value === null ? '–' : formatNumber(value);
  };
  const waits = finePile(histogramsIn(observations, 'db.client.connection.wait_time', labels, phaseSet));
  return [
    instance === '' ? 'the service' : `replica ${instance}`,
    highest('max'),
    highest('count', { state: 'used' }),
    highest('pending_requests'),
    formatCount(waits.count),
    formatCount(totalIn(observations, 'db.client.connection.timeouts', labels, phaseSet)),
    ...percentilesOf(waits, 1000),
  ];
};

/** The pools of the service's processes, each its own: a sum hides one that is exhausted. */
const poolTable = (observations: Observations, phaseSet: PhaseSet): Html | null =>
  tableOfAny({
    caption:
      'The app pool of each process, without the warm-up: most connections in use, most waiting, acquisitions and ' +
      'how long each took, in ms',
    columns: [
      ...words('Process'),
      ...numbers('Size', 'In use', 'Waiting', 'Acquired', 'Timed out', ...percentileTitles),
    ],
    rows: instancesOf(observations).map((instance) => poolRow(observations, phaseSet, instance)),
  });

export const durationParts = ({ phases }: ScenarioResult, observations: Observations): (Html | null)[] => {
  const phaseSet = judgedPhases(phases);
  const measured = measuredKinds(observations, phaseSet);
  return [spectrumOf(measured.flatMap(curveOf)), percentileTable(measured), poolTable(observations, phaseSet)];
};
