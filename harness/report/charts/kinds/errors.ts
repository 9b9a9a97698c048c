import type { Chart } from '../chart.ts';

export const chart: Chart = {
  id: 'errors',
  place: 110,
  title: 'Errors by family',
  unit: '1/s',
  reads: 'As the service, the pooler and the database count them, retried ones too.',
  quiet: 'No error of any family was seen, neither by the service nor in the pooler’s log.',
  stack: ['errors.*'],
  lines: [],
};
