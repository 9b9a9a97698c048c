import type { Chart } from '../chart.ts';

export const chart: Chart = {
  id: 'time',
  place: 30,
  title: 'Where the time went',
  unit: 's/s',
  reads:
    'Seconds spent per second by all work that needs a connection: 2 means that two pieces of work were there ' +
    'at any moment.',
  stack: ['time.database', 'time.held', 'time.pooler-wait', 'time.pool-wait'],
  lines: [],
};
