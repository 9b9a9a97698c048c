import { cumulativeRate, histogramRate } from '../rates.ts';
import { histogramsOf, seriesOf } from '../observations.ts';
import { track, zeroed, type TrackMaker } from '../track.ts';

/**
 * What is left of each value without the other's; never below zero, since the two sources are not read at one instant.
 */
const without = (values: Float64Array, others: Float64Array): Float64Array =>
  values.map((value, index) => Math.max(0, value - others[index]!));

/**
 * Each second of work that needs a connection is spent in one of four ways: waiting for a connection, waiting in the
 * pooler, in the database, or holding the connection for something else.
 */
export const time: TrackMaker = (observations, grid) => {
  const sums = (name: string): Float64Array => histogramRate(histogramsOf(observations, name), grid, 'sum');
  const operations = sums('db.client.operation.duration');
  const pooler = zeroed(cumulativeRate(seriesOf(observations, 'pooler.wait_seconds'), grid), operations);
  const used = sums('db.client.connection.use_time');
  return [
    track('time.pool-wait', 'waiting for the app pool', 's/s', sums('db.client.connection.wait_time')),
    track('time.pooler-wait', 'waiting in the pooler', 's/s', pooler),
    track('time.database', 'in the database', 's/s', without(operations, pooler)),
    track('time.held', 'held, doing something else', 's/s', without(used, operations)),
  ];
};
