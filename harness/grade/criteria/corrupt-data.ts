import type { Criterion } from '../criterion.ts';
import { fromChecks } from '../from-checks.ts';

export const criterion: Criterion = {
  id: 'corrupt-data',
  title: 'Violated invariants of the data',
  failureTitle: 'The data violates its invariants',
  source: '001',
  unit: 'violations',
  bounds: [{ severity: 'fail', comparator: '<=', value: 0 }],
  causeRank: 7,
  needs: 'ledger',
  always: true,
  grave: true,
  unexcused: ['fail'],
  sees: {
    otherwise: 'checkers read the database after the run, and say themselves what they could not read',
  },
  chart: null,
  nextStep:
    'Take the first checker that found something, and follow one of its examples through the table task_transitions.',
  measure: (input) => fromChecks(input, ({ invariant }) => invariant !== 'I1' && invariant !== 'I3', 'rows'),
};
