import { seriesOf } from '../observations.ts';
import { cumulativeRate, eventRate } from '../rates.ts';
import { labelValues, track, type TrackMaker } from '../track.ts';

/** Errors as the service and the pooler count them, retried ones too. */
export const errors: TrackMaker = (observations, grid) => {
  const timeouts = eventRate(seriesOf(observations, 'db.client.connection.timeouts'), grid);
  const failed = eventRate(seriesOf(observations, 'pgsurge.transactions', { outcome: 'failed' }), grid);
  const families = labelValues(observations, 'pooler.log_errors', 'family');
  const inPoolerLog = (family: string): Float64Array =>
    cumulativeRate(seriesOf(observations, 'pooler.log_errors', { family }), grid);
  return [
    track('errors.pool-timeout', 'acquisition timeouts (app pool)', '1/s', timeouts),
    ...families.map((family) => track(`errors.pooler.${family}`, `pooler: ${family}`, '1/s', inPoolerLog(family))),
    track('errors.transactions', 'failed transactions', '1/s', failed),
  ];
};
