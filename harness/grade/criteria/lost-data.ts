import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { fromChecks, offersJobs } from '../from-checks.ts';

/** A load that offers jobs and sends none leaves nothing to lose: that is no proof that nothing is lost. */
const unsentJobs = ({ loadTotals }: JudgeInput): string | null =>
  loadTotals?.writes?.['createJob'] === 0 ? 'the load offers jobs, and k6 sent none: nothing is known of them' : null;

const measure = (input: JudgeInput): Measurement => {
  const measured = fromChecks(input, ({ invariant }) => invariant === 'I1', 'acknowledged writes');
  const unsent = offersJobs(input) ? unsentJobs(input) : null;
  if (unsent === null || measured.state !== 'measured' || measured.value > 0) return measured;
  return { state: 'inconclusive', count: measured.count, measuredBy: measured.measuredBy, reason: unsent };
};

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
  measure,
};
