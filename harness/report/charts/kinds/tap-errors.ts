import type { Chart } from '../chart.ts';
import { nearTheService } from '../../../measure/connections/tap-use.ts';
import { labelValues, track, type TrackMaker } from '../../../measure/tracks/track.ts';
import { seriesOf } from '../../../measure/tracks/observations.ts';
import { deltaRate } from '../../../measure/tracks/rates.ts';

const name = 'tap.errors';

/** An error that passes two taps is one. */
const bySqlstate: TrackMaker = (observations, grid) =>
  labelValues(observations, name, 'sqlstate').map((sqlstate) => {
    const seen = nearTheService(observations, seriesOf(observations, name, { sqlstate }));
    const family = seen[0]?.labels['family'] ?? 'other';
    return track(`${name}.${sqlstate}`, `${sqlstate} (${family})`, '1/s', deltaRate(seen, grid));
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
