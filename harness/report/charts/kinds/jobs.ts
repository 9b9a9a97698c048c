import type { Chart } from '../chart.ts';

export const chart: Chart = {
  id: 'jobs',
  place: 140,
  title: 'Jobs and tasks',
  unit: 'count',
  reads: 'Tasks by state, and the jobs that they belong to.',
  stack: ['tasks.running', 'tasks.pending', 'tasks.waiting'],
  lines: ['jobs.active'],
};
