import type { Chart } from '../chart.ts';
import { nearTheService } from '../../../measure/connections/tap-use.ts';
import { seriesOf } from '../../../measure/tracks/observations.ts';
import { deltaRate } from '../../../measure/tracks/rates.ts';
import { labelValues, track, type TrackMaker } from '../../../measure/tracks/track.ts';

const name = 'tap.session_state';

const byKind: TrackMaker = (observations, grid) =>
  labelValues(observations, name, 'kind').map((kind) => {
    const rate = deltaRate(nearTheService(observations, seriesOf(observations, name, { kind })), grid);
    return track(`${name}.${kind.replaceAll(' ', '-')}`, kind, '1/s', rate);
  });

export const chart: Chart = {
  id: 'tap-session-state',
  place: 114,
  title: 'Statements that leave something in the session',
  unit: '1/s',
  reads:
    'By the tap: LISTEN, SET without LOCAL, session locks, temporary tables, prepared statements. Behind a ' +
    'transaction pooler what they leave is lost, or somebody else gets it.',
  stack: [`${name}.*`],
  lines: [],
  makers: [byKind],
};
