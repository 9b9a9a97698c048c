import { expect, test } from 'vitest';
import { chart as churn } from './tap-churn.ts';
import { chart as connections } from './tap-connections.ts';
import { chart as direct } from './tap-direct-connections.ts';
import { chart as errors } from './tap-errors.ts';
import { chart as holds } from './tap-holds.ts';
import { chart as behind } from './tap-pooler-connections.ts';
import { chart as sessionState } from './tap-session-state.ts';
import { chart as unread } from './tap-unread.ts';
import type { Chart } from '../chart.ts';
import { histogramFrom } from '../../recordings/synthesize.ts';
import type { Labels, Observations } from '../../../measure/tracks/observations.ts';

const tMs = Float64Array.from({ length: 10 }, (_, index) => (index + 1) * 1000);
const series = (name: string, labels: Labels, value: number): Observations['series'][number] => ({
  name,
  labels: { hop: 'service-pooler', application: 'shop', ...labels },
  tMs,
  values: tMs.map(() => value),
});
const observations: Observations = {
  series: [
    series('tap.connections', { state: 'active' }, 2),
    series('tap.connections', { state: 'active', application: 'jobs' }, 3),
    series('tap.connections', { state: 'idle', hop: 'service-database' }, 1),
    ...['service-pooler', 'pooler-database'].flatMap((hop) => [
      series('tap.opened', { hop }, 4),
      series('tap.errors', { hop, sqlstate: '40001', family: 'serialization' }, 6),
      series('tap.session_state', { hop, kind: 'advisory lock' }, 1),
    ]),
    series('tap.connections', { state: 'active', hop: 'pooler-database' }, 4),
    series('tap.unread', { why: 'tls' }, 7),
  ],
  histograms: [
    { name: 'tap.hold_time', labels: {}, tMs, histograms: Array.from(tMs, () => histogramFrom([0.02, 0.02])) },
    {
      name: 'tap.hold_time',
      labels: { hop: 'pooler-database' },
      tMs,
      histograms: Array.from(tMs, () => histogramFrom([0.9, 0.9])),
    },
  ],
  logLines: [],
  sources: [],
};

const middleOf = ({ makers }: Chart, seen = observations): unknown[] =>
  makers!
    .flatMap((make) => make(seen, { startMs: 0, stepMs: 1000, points: 10 }))
    .filter(({ values }) => !Number.isNaN(values[5]!))
    .map(({ id, title, values }) => [id, title, Math.round(values[5]!)]);

test('what the tap saw is drawn, once also where it passed two taps', () => {
  expect(middleOf(connections)).toEqual([['tap.to-pooler.active', 'active', 5]]);
  expect(middleOf(direct)).toEqual([['tap.to-database.idle', 'idle', 1]]);
  expect(middleOf(behind)).toEqual([['tap.behind-pooler.active', 'active', 4]]);
  expect(middleOf(churn)).toEqual([['tap.opened', 'opened', 4]]);
  expect(middleOf(errors)).toEqual([['tap.errors.40001', '40001 (serialization)', 6]]);
  expect(middleOf(sessionState)).toEqual([['tap.session_state.advisory-lock', 'advisory lock', 1]]);
  expect(middleOf(unread)).toEqual([['tap.unread.tls', 'tls', 7]]);
  expect(middleOf(holds)).toEqual([['tap.hold-time', 'held, p95', 20]]);
});

test('a tap that stands behind the pooler only tells what passes there', () => {
  const isBehind = ({ labels }: { labels: Labels }): boolean => labels['hop'] === 'pooler-database';
  const { series: all, histograms } = observations;
  const seen = { ...observations, series: all.filter(isBehind), histograms: histograms.filter(isBehind) };
  expect(middleOf(connections, seen)).toEqual([]);
  expect(middleOf(errors, seen)).toEqual([['tap.errors.40001', '40001 (serialization)', 6]]);
  expect(middleOf(holds, seen)).toEqual([['tap.hold-time', 'held, p95', 900]]);
});
