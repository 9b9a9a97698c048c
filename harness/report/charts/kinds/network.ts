import { seriesOf } from '../../../measure/tracks/observations.ts';
import { cumulativeRate, deltaRate } from '../../../measure/tracks/rates.ts';
import { scaled, track, type TrackMaker } from '../../../measure/tracks/track.ts';
import type { Chart } from '../chart.ts';

/** PgBouncer counts what comes from each side, and passes it on to the other. */
const poolerLines = [
  { id: 'network.pooler.from-clients', title: 'service to database', series: 'pooler.from_clients_bytes' },
  { id: 'network.pooler.from-servers', title: 'database to service', series: 'pooler.from_servers_bytes' },
];
const loadLines = [
  { id: 'network.load.sent', title: 'load to service', series: 'data_sent' },
  { id: 'network.load.received', title: 'service to load', series: 'data_received' },
];

const network: TrackMaker = (observations, grid) => [
  ...poolerLines.map(({ id, title, series }) =>
    track(id, title, 'KiB/s', scaled(cumulativeRate(seriesOf(observations, series), grid), 1 / 1024)),
  ),
  ...loadLines.map(({ id, title, series }) =>
    track(id, title, 'KiB/s', scaled(deltaRate(seriesOf(observations, series), grid), 1 / 1024)),
  ),
];

export const chart: Chart = {
  id: 'network',
  place: 136,
  title: 'Network',
  unit: 'KiB/s',
  reads: 'Bytes between load and service as k6 counts them, and between service and database as the pooler does.',
  stack: [],
  lines: [...poolerLines, ...loadLines].map(({ id }) => id),
  makers: [network],
};
