import type { Chart } from '../chart.ts';
import { sumGauges } from '../../../measure/tracks/grid.ts';
import { seriesOf } from '../../../measure/tracks/observations.ts';
import { labelValues, track, type TrackMaker } from '../../../measure/tracks/track.ts';

const states = ['active', 'idle in transaction', 'idle', 'starting'];
const name = 'tap.connections';

/** A connection that passes two taps is seen at both: each hop has bands of its own. */
const byHopAndState: TrackMaker = (observations, grid) =>
  labelValues(observations, name, 'hop').flatMap((hop) =>
    states.map((state) => {
      const count = sumGauges(seriesOf(observations, name, { hop, state }), grid);
      return track(`${name}.${hop}.${state.replaceAll(' ', '-')}`, `${hop}: ${state}`, 'connections', count);
    }),
  );

export const chart: Chart = {
  id: 'tap-connections',
  place: 42,
  title: 'Connections, as the tap sees them',
  unit: 'connections',
  reads:
    'What the service does with its connections, seen from outside: at work, waiting inside a transaction while the ' +
    'service does something else, idle.',
  stack: [`${name}.*`],
  lines: [],
  makers: [byHopAndState],
};
