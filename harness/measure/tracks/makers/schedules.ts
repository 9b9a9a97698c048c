import { sumGauges, type Grid } from '../grid.ts';
import { seriesOf, type Observations } from '../observations.ts';
import { eventRate, eventsSoFar } from '../rates.ts';
import { highest, labelValues, track, type TrackMaker } from '../track.ts';

/** A count so far says nothing about the time after the last sample of any source. */
const untilLastSample = (values: Float64Array, observations: Observations, grid: Grid): Float64Array => {
  const lastMs = observations.series.reduce((most, { tMs }) => Math.max(most, tMs.at(-1) ?? 0), 0);
  return values.map((value, index) => (grid.startMs + index * grid.stepMs > lastMs ? NaN : value));
};

/** What the schedules dispatched, and the queue's handlers. */
export const schedules: TrackMaker = (observations, grid) => {
  const queues = labelValues(observations, 'schedule_dispatches', 'queue');
  const ofQueue = (queue: string): Float64Array =>
    eventRate(seriesOf(observations, 'schedule_dispatches', { queue }), grid);
  const soFar = eventsSoFar(seriesOf(observations, 'schedule_dispatches'), grid);
  const handlers = sumGauges(seriesOf(observations, 'queue_handlers_concurrent'), grid, 'max');
  return [
    ...queues.map((queue) => track(`dispatches.${queue}`, `dispatches of ${queue}`, '1/s', ofQueue(queue))),
    track('dispatched.total', 'dispatched so far', 'jobs', untilLastSample(soFar, observations, grid)),
    track('schedules.total', 'schedules', 'schedules', highest(observations, 'cron_schedules_total', grid)),
    track('handlers.concurrent', 'handlers running', 'handlers', handlers),
  ];
};
