import type { Criterion } from '../criterion.ts';
import { scheduleCounts } from '../schedule-counts.ts';

export const criterion: Criterion = {
  id: 'dispatches-per-pass',
  title: 'Jobs that one pass of the schedules dispatched',
  failureTitle: 'One pass of the schedules dispatches more jobs than ticks are due',
  source: '004 (bound per scenario)',
  unit: 'jobs',
  // A schedule has lookahead ÷ interval ticks that fall due in a first pass; each scenario declares its own.
  bounds: [],
  demand: 'declared per scenario',
  causeRank: 9,
  sees: {
    otherwise: 'a checker counts rows of the database after the run, and says itself what it could not read',
  },
  chart: 'dispatches',
  nextStep: 'Count the schedules of the queue: each dispatches its own ticks, so duplicates multiply the jobs.',
  measure(input) {
    if (input.declaration?.value == null) return { state: 'notApplicable', reason: 'the scenario declares no bound' };
    return scheduleCounts(
      input,
      'mostInOnePass',
      ({ ticks }) => ticks ?? 0,
      'rows of schedule_ticks after the run, by the statement that wrote them',
    );
  },
};
