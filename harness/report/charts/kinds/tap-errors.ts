import type { Chart } from '../chart.ts';
import { seriesOf } from '../../../measure/tracks/observations.ts';
import { deltaRate } from '../../../measure/tracks/rates.ts';
import { labelValues, track, type TrackMaker } from '../../../measure/tracks/track.ts';

const name = 'tap.errors';

const bySqlstate: TrackMaker = (observations, grid) =>
  labelValues(observations, name, 'sqlstate').map((sqlstate) => {
    const [first] = seriesOf(observations, name, { sqlstate });
    const rate = deltaRate(seriesOf(observations, name, { sqlstate }), grid);
    return track(`${name}.${sqlstate}`, `${sqlstate} (${first?.labels['family'] ?? 'other'})`, '1/s', rate);
  });

export const chart: Chart = {
  id: 'tap-errors',
  place: 112,
  title: 'Errors by SQLSTATE',
  unit: '1/s',
  reads: 'What the server answered the service, by the tap: every one, also those that the service retried in silence.',
  stack: [`${name}.*`],
  lines: [],
  makers: [bySqlstate],
};
