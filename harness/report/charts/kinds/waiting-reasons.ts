import { highest, labelValues, track, type TrackMaker } from '../../../measure/tracks/track.ts';
import type { Chart } from '../chart.ts';

const reasons: TrackMaker = (observations, grid) =>
  labelValues(observations, 'tasks_waiting', 'reason').map((reason) =>
    track(`waiting-reasons.${reason}`, reason, 'tasks', highest(observations, 'tasks_waiting', grid, { reason })),
  );

/** Why tasks wait: by design, for want of workers, or nobody knows. */
export const chart: Chart = {
  id: 'waiting-reasons',
  place: null,
  title: 'Tasks that wait, by reason',
  unit: 'tasks',
  reads: 'domain_delay is by design: a site is asked only so often. Each other reason is one to look into.',
  stack: ['waiting-reasons.*'],
  lines: [],
  makers: [reasons],
};
