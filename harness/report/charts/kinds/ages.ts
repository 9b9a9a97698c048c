import type { Chart } from '../chart.ts';
import { boundLine, boundOf } from '../reference-lines.ts';

export const chart: Chart = {
  id: 'ages',
  place: 90,
  title: 'Oldest transaction',
  unit: 's',
  reads: 'Age of the oldest open transaction, and of the longest that sits idle while it holds its session.',
  stack: [],
  lines: ['age.transaction', 'age.idle-in-transaction'],
  referenceLines: ({ scenario }) => {
    const longestMs = boundOf(scenario, 'idle-in-transaction');
    return boundLine(longestMs === null ? null : longestMs / 1000, 'bound for idle in transaction');
  },
};
