import type { Chart } from '../chart.ts';

export const chart: Chart = {
  id: 'handlers',
  place: 170,
  title: 'Handlers at once',
  unit: 'handlers',
  reads: 'Queue handlers that run at the same time.',
  quiet: 'No queue handler ran.',
  stack: [],
  lines: ['handlers.concurrent'],
};
