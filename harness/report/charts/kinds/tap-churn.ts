import type { Chart } from '../chart.ts';
import { nearTheService } from '../../../measure/connections/tap-use.ts';
import { seriesOf } from '../../../measure/tracks/observations.ts';
import { deltaRate } from '../../../measure/tracks/rates.ts';
import { track, type TrackMaker } from '../../../measure/tracks/track.ts';

const shown = [
  { id: 'tap.opened', title: 'opened' },
  { id: 'tap.closed', title: 'closed' },
  { id: 'tap.vanished', title: 'ended in mid-query or inside a transaction' },
];

const rates: TrackMaker = (observations, grid) =>
  shown.map(({ id, title }) =>
    track(id, title, '1/s', deltaRate(nearTheService(observations, seriesOf(observations, id)), grid)),
  );

export const chart: Chart = {
  id: 'tap-churn',
  place: 46,
  title: 'Connections opened and closed',
  unit: '1/s',
  reads: 'By the tap. A pool that keeps its connections opens few after its start; many at once are a login storm.',
  quiet: 'No connection was opened or closed while this was seen.',
  stack: [],
  lines: shown.map(({ id }) => id),
  makers: [rates],
};
