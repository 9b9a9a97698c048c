import { histogramsOf, seriesOf } from '../observations.ts';
import { windowedQuantiles } from '../quantiles.ts';
import { deltaRate } from '../rates.ts';
import { highest, scaled, track, type TrackMaker } from '../track.ts';

const taskStates = ['running', 'pending', 'waiting'];

/** Jobs and their tasks. Replicas each report the same rows of one database: the highest is the count. */
export const jobs: TrackMaker = (observations, grid) => {
  const dueToStartSeconds = windowedQuantiles(
    histogramsOf(observations, 'pgsurge.task.due_to_start'),
    grid,
    [0.95],
  )[0]!;
  return [
    track('jobs.active', 'jobs active', 'jobs', highest(observations, 'jobs_active', grid)),
    track('jobs.done', 'jobs done', '1/s', deltaRate(seriesOf(observations, 'pgsurge_jobs_done'), grid)),
    ...taskStates.map((state) =>
      track(`tasks.${state}`, `tasks ${state}`, 'tasks', highest(observations, 'tasks', grid, { state })),
    ),
    track('tasks.due-to-start', 'due to start, p95', 'ms', scaled(dueToStartSeconds, 1000)),
    track('tasks.completed', 'tasks completed', '1/s', deltaRate(seriesOf(observations, 'task_completions'), grid)),
  ];
};
