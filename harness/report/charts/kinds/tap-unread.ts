import type { Chart } from '../chart.ts';
import { sumGauges } from '../../../measure/tracks/grid.ts';
import { seriesOf } from '../../../measure/tracks/observations.ts';
import { labelValues, track, type TrackMaker } from '../../../measure/tracks/track.ts';

const name = 'tap.unread';

const byWhy: TrackMaker = (observations, grid) =>
  labelValues(observations, name, 'why').map((why) =>
    track(`${name}.${why}`, why, 'connections', sumGauges(seriesOf(observations, name, { why }), grid)),
  );

export const chart: Chart = {
  id: 'tap-unread',
  place: 48,
  title: 'Connections that pass the tap unread',
  unit: 'connections',
  reads: 'They speak TLS, replicate, or said what the tap does not understand. What they do is not known.',
  stack: [`${name}.*`],
  lines: [],
  makers: [byWhy],
};
