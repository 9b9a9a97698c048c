import type { Chart } from '../chart.ts';
import { limitLine } from '../reference-lines.ts';

export const chart: Chart = {
  id: 'load',
  place: 10,
  title: 'Load offered and done',
  unit: '1/s',
  reads: 'Interactive requests a second. The line is what was offered; what is filled was done, refused or failed.',
  stack: ['requests.ok', 'requests.expected', 'requests.refused', 'requests.error', 'requests.dropped'],
  lines: [],
  referenceLines: ({ scenario: { load } }) =>
    limitLine(load.interactivePerSecond > 0 ? load.interactivePerSecond : null, 'offered'),
};
