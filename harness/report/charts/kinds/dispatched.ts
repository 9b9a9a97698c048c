import type { Chart } from '../chart.ts';

/** Each due tick dispatched once, or once for every schedule that should not exist. */
export const chart: Chart = {
  id: 'dispatched',
  place: null,
  title: 'Dispatches, as the ticks fall due',
  unit: 'jobs',
  reads:
    'Jobs that the schedules have dispatched so far, and how many schedules there are. One schedule climbs by ' +
    'one a tick.',
  stack: [],
  lines: ['dispatched.total', 'schedules.total'],
};
