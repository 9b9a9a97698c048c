import type { Chart } from '../chart.ts';
import { nearTheService } from '../../../measure/connections/tap-use.ts';
import { scaled, track, type TrackMaker } from '../../../measure/tracks/track.ts';
import { histogramsOf } from '../../../measure/tracks/observations.ts';
import { windowedQuantiles } from '../../../measure/tracks/quantiles.ts';

const shown = [
  { id: 'tap.hold-time', title: 'held', series: 'tap.hold_time' },
  { id: 'tap.gap-time', title: 'idle between statements of a transaction', series: 'tap.gap_time' },
  { id: 'tap.login-time', title: 'login', series: 'tap.login_time' },
];

const times: TrackMaker = (observations, grid) =>
  shown.map(({ id, title, series }) => {
    const [p95] = windowedQuantiles(nearTheService(observations, histogramsOf(observations, series)), grid, [0.95]);
    return track(id, `${title}, p95`, 'ms', scaled(p95!, 1000));
  });

export const chart: Chart = {
  id: 'tap-holds',
  place: 45,
  title: 'How long connections are held',
  unit: 'ms',
  reads:
    'By the tap: from the first message after idle until the server is ready outside a transaction. What of it lies ' +
    'between statements, the service spent on something else.',
  scale: 'log',
  stack: [],
  lines: shown.map(({ id }) => id),
  makers: [times],
};
