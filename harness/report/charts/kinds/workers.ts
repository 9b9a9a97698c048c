import { highest, track, type TrackMaker } from '../../../measure/tracks/track.ts';
import type { Chart } from '../chart.ts';

const workers: TrackMaker = (observations, grid) => [
  track('workers.at-work', 'workers', 'workers', highest(observations, 'workers', grid)),
];

/** Workers beside the tasks that could run and wait for one. */
export const chart: Chart = {
  id: 'workers',
  place: null,
  title: 'Workers, and tasks that wait for one',
  unit: 'count',
  reads: 'Tasks that stay pending while the workers stay as many are tasks that nobody decided anything about.',
  stack: ['tasks.pending'],
  lines: ['workers.at-work'],
  makers: [workers],
};
