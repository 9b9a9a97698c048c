import type { Chart } from '../chart.ts';
import { boundLine, boundOf } from '../reference-lines.ts';

export const chart: Chart = {
  id: 'due-to-start',
  place: 150,
  title: 'From due to started',
  unit: 'ms',
  reads:
    'p95 of the time from a task’s due instant to its start: what is correct but late shows here and nowhere ' +
    'else.',
  scale: 'log',
  stack: [],
  lines: ['tasks.due-to-start'],
  referenceLines: ({ scenario }) => boundLine(boundOf(scenario, 'due-to-start'), 'bound'),
};
