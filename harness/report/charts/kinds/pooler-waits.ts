import type { Chart } from '../chart.ts';

export const chart: Chart = {
  id: 'pooler-waits',
  place: 60,
  title: 'Waiting in the pooler',
  unit: 's',
  reads:
    'How long clients that have a query wait for a server session: the mean of all assignments, and the ' +
    'longest wait at each look.',
  quiet: 'No client was seen waiting in the pooler.',
  stack: [],
  lines: ['pooler.wait-mean', 'pooler.maxwait'],
};
