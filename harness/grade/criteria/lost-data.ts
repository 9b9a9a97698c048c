import type { Criterion } from '../criterion.ts';
import { fromChecks } from '../from-checks.ts';

export const criterion: Criterion = {
  id: 'lost-data',
  title: 'Acknowledged writes missing or different',
  failureTitle: 'Acknowledged writes are missing or different',
  source: '001',
  unit: 'writes',
  bounds: [{ severity: 'fail', comparator: '<=', value: 0 }],
  causeRank: 6,
  needs: 'ledger',
  always: true,
  grave: true,
  unexcused: ['fail'],
  sees: {
    otherwise: 'checkers read ledger and database after the run, and say themselves what they could not read',
  },
  chart: null,
  nextStep: 'Look up one of the keys: was the answer sent before COMMIT, or the row changed or removed afterwards?',
  measure: (input) => fromChecks(input, ({ invariant }) => invariant === 'I1', 'acknowledged writes'),
};
