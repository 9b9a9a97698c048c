import { seriesOf } from '../../../measure/tracks/observations.ts';
import { cumulativeRate } from '../../../measure/tracks/rates.ts';
import { scaled, track, type TrackMaker } from '../../../measure/tracks/track.ts';
import type { Chart } from '../chart.ts';

const lines = [
  { id: 'disk.database.read', title: 'database reads', series: 'process.disk_read_bytes', component: 'database' },
  { id: 'disk.database.write', title: 'database writes', series: 'process.disk_write_bytes', component: 'database' },
  { id: 'disk.service.write', title: 'service writes', series: 'process.disk_write_bytes', component: 'service' },
  { id: 'disk.pooler.write', title: 'pooler writes', series: 'process.disk_write_bytes', component: 'pooler' },
];

const disks: TrackMaker = (observations, grid) =>
  lines.map(({ id, title, series, component }) => {
    const perSecond = cumulativeRate(seriesOf(observations, series, { component }), grid);
    return track(id, title, 'KiB/s', scaled(perSecond, 1 / 1024));
  });

export const chart: Chart = {
  id: 'disk',
  place: 134,
  title: 'Disk',
  unit: 'KiB/s',
  reads: 'Bytes that each component read from disks and gave to them; what the page cache answers is not among them.',
  quiet: 'Nothing was read from a disk and nothing written.',
  stack: [],
  lines: lines.map(({ id }) => id),
  makers: [disks],
};
