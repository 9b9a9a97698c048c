import type { Criterion } from '../criterion.ts';
import { errorsByFamily } from '../errors-by-family.ts';

export const criterion: Criterion = {
  id: 'allowed-errors',
  title: 'Errors of a family that the fault does not explain',
  failureTitle: 'The fault causes errors that it should not',
  source: 'ours',
  unit: 'errors',
  bounds: [{ severity: 'fail', comparator: '<=', value: 0 }],
  causeRank: 32,
  chart: 'errors',
  nextStep: 'Ask pgsurge why about the first of them: it is a second failure, beside the one that was planted.',
  measure(input) {
    const allowed = input.expectation?.allowedErrors;
    if (allowed == null || input.faults.length === 0) return { state: 'notApplicable', reason: 'the scenario names no errors that may occur' };
    const errors = errorsByFamily(input.observations).filter(({ source }) => source === 'service');
    const unexplained = errors.filter(({ family }) => !allowed.includes(family));
    const count = errors.reduce((total, error) => total + error.count, 0);
    const seen = errors.map((error) => `${error.family} ${error.count}`).join(', ') || 'none';
    return {
      state: 'measured', value: unexplained.reduce((total, error) => total + error.count, 0), count,
      measuredBy: `error lines of the service's log by family; allowed: ${allowed.join(', ') || 'none'}`,
      reason: unexplained.length === 0 ? `seen: ${seen}` : `${unexplained.map((error) => `${error.family}: ${error.example.slice(0, 120)}`).join('; ')}`,
      evidence: unexplained.slice(0, 3).map(({ example }) => ({ text: example, source: 'service log' })),
    };
  },
};
