import { seriesOf } from '../observations.ts';
import { cumulativeRate } from '../rates.ts';
import { track, type TrackMaker } from '../track.ts';

/** As the database counts them. A deadlock is drawn only where there was one. */
export const transactions: TrackMaker = (observations, grid) => {
  const rate = (name: string): Float64Array => cumulativeRate(seriesOf(observations, name), grid);
  const deadlocks = track('database.deadlocks', 'deadlocks', '1/s', rate('postgres.deadlocks'));
  return [
    track('database.commits', 'commits of the database', '1/s', rate('postgres.commits')),
    track('database.rollbacks', 'rollbacks', '1/s', rate('postgres.rollbacks')),
    ...(deadlocks.values.some((value) => value > 0) ? [deadlocks] : []),
  ];
};
