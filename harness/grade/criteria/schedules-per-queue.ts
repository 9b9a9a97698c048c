import type { Criterion } from '../criterion.ts';
import { scheduleCounts } from '../schedule-counts.ts';

export const criterion: Criterion = {
  id: 'schedules-per-queue',
  title: 'Schedules of one queue',
  failureTitle: 'A queue has more than one schedule',
  source: '004',
  unit: 'schedules',
  best: 1,
  bounds: [{ severity: 'fail', comparator: '<=', value: 1 }],
  causeRank: 8,
  sees: {
    otherwise: 'a checker counts rows of the database after the run, and says itself what it could not read',
  },
  chart: 'dispatches',
  nextStep:
    'Look at cron_schedules: rows that differ only in a NULL mean that the unique constraint lets NULLs ' +
    'repeat, or that the call leaves out what tells them apart.',
  measure: (input) =>
    scheduleCounts(
      input,
      'schedulesOfOneQueue',
      ({ schedules }) => schedules ?? 0,
      'rows of cron_schedules after the run, of the queue that has most',
    ),
};
