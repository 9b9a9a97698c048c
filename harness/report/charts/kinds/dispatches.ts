import type { Chart } from '../chart.ts';

export const chart: Chart = {
  id: 'dispatches',
  place: 160,
  title: 'Dispatches per tick',
  unit: '1/s',
  reads: 'Jobs that the schedules dispatched; one schedule gives one a tick.',
  stack: ['dispatches.*'],
  lines: [],
};
