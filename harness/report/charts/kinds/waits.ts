import type { Chart } from '../chart.ts';

export const chart: Chart = {
  id: 'waits',
  place: 80,
  title: 'Waiting inside the database',
  unit: 'sessions',
  reads: 'Sessions that wait, by what they wait for; the line counts lock requests not granted.',
  quiet: 'No session was seen waiting on a lock, on disk or on anything else inside the database.',
  stack: ['waits.*'],
  lines: ['locks.waiting'],
};
