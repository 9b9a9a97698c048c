import type { Chart } from '../chart.ts';
import { limitLine } from '../reference-lines.ts';

export const chart: Chart = {
  id: 'load',
  place: 10,
  title: 'Load offered and done',
  unit: '1/s',
  reads:
    'Filled: interactive requests a second, done, refused or failed; the dotted line is what was offered. Lines: ' +
    'jobs and tasks done a second, and how many jobs were active (a number, not a rate): there a burst is seen as one.',
  stack: ['requests.ok', 'requests.expected', 'requests.refused', 'requests.error', 'requests.dropped'],
  lines: ['jobs.active', 'jobs.done', 'tasks.completed'],
  referenceLines: ({ scenario: { load } }) =>
    limitLine(load.interactivePerSecond > 0 ? load.interactivePerSecond : null, 'offered'),
};
