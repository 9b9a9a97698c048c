import { sumGauges, sumOf } from '../grid.ts';
import { seriesOf } from '../observations.ts';
import { track, type TrackMaker } from '../track.ts';

/** The pools inside the service, all replicas together, as they count themselves. */
export const appPool: TrackMaker = (observations, grid) => {
  const count = (state: string): Float64Array =>
    sumGauges(seriesOf(observations, 'db.client.connection.count', { state }), grid);
  const [used, idle] = [count('used'), count('idle')];
  const pending = sumGauges(seriesOf(observations, 'db.client.connection.pending_requests'), grid, 'max');
  const size = sumGauges(seriesOf(observations, 'db.client.connection.max'), grid);
  return [
    track('pool.used', 'in use', 'connections', used),
    track('pool.idle', 'idle', 'connections', idle),
    track('pool.total', 'connections by the pool’s own count', 'connections', sumOf([used, idle], grid)),
    track('pool.pending', 'waiting for one', 'acquisitions', pending),
    track('pool.max', 'pool size', 'connections', size),
  ];
};
