import { sumGauges } from '../../../measure/tracks/grid.ts';
import { histogramsOf, seriesOf } from '../../../measure/tracks/observations.ts';
import { windowedQuantiles } from '../../../measure/tracks/quantiles.ts';
import { scaled, track, type TrackMaker } from '../../../measure/tracks/track.ts';
import type { Chart } from '../chart.ts';

const pool = 'db.client.connection';

/** Little's law: whoever waits gets a connection once those before it have had theirs. */
const waits: TrackMaker = (observations, grid) => {
  const median = (series: string): Float64Array =>
    windowedQuantiles(histogramsOf(observations, `${pool}.${series}`), grid, [0.5])[0]!;
  const held = median('use_time');
  const waiting = sumGauges(seriesOf(observations, `${pool}.pending_requests`), grid);
  const size = sumGauges(seriesOf(observations, `${pool}.max`), grid);
  const predicted = held.map((seconds, index) => (seconds * waiting[index]!) / size[index]!);
  return [
    track('pool.wait', 'wait for a connection, median', 'ms', scaled(median('wait_time'), 1000)),
    track('pool.wait-predicted', 'by Little’s law: waiting ÷ connections × time held', 'ms', scaled(predicted, 1000)),
    track('pool.held', 'time held, median', 'ms', scaled(held, 1000)),
  ];
};

/** How long an acquisition waits, beside what the line before it must come to. */
export const chart: Chart = {
  id: 'pool-wait',
  place: null,
  title: 'Wait for a connection, and what it must be',
  unit: 'ms',
  reads:
    'Measured wait for a connection of the app pool, and the wait that follows from how many stand in line, how many ' +
    'connections there are and how long each is held. Where the two agree, the pool is all that limits.',
  scale: 'log',
  stack: [],
  lines: ['pool.wait', 'pool.wait-predicted', 'pool.held'],
  makers: [waits],
};
