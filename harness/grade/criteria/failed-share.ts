import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { endedInForce, inForceWindows } from '../harm.ts';
import { notSeen, tooFew } from '../unknowns.ts';
import { formatCountOf } from '../../measure/numbers-in-words.ts';

/** Among fewer requests one more or less is several percent. */
const fewestRequests = 10;

const measure = (input: JudgeInput): Measurement => {
  if (input.faults.length === 0) return { state: 'notApplicable', reason: 'nothing was broken on purpose' };
  if (input.declaration?.value == null)
    return { state: 'notApplicable', reason: 'the scenario does not say which share may fail' };
  if (inForceWindows(input).length === 0) return { state: 'inconclusive', reason: 'no fault was in force' };
  const { failed, all } = endedInForce(input);
  if (all === 0) return notSeen('requests while the fault was in force');
  if (all < fewestRequests) return tooFew(all, fewestRequests, 'requests while the fault was in force');
  return {
    state: 'measured',
    value: (100 * failed) / all,
    count: all,
    numerator: failed,
    measuredBy: "requests of k6 that failed, of those that ended from the fault's injection to its mending",
    reason: `${formatCountOf(failed, all)} requests failed while the fault was in force`,
  };
};

export const criterion: Criterion = {
  id: 'failed-share',
  title: 'Requests that failed while the fault was in force',
  failureTitle: 'The fault makes more requests fail than it must',
  source: 'ours (per scenario)',
  unit: '%',
  figureWords: 'of the requests',
  // Each scenario declares its own.
  bounds: [],
  demand: 'declared per scenario',
  causeRank: 33,
  sees: [{ source: 'k6', windows: inForceWindows }],
  chart: 'errors',
  nextStep:
    'See which requests failed that did not need what was broken, and which could have waited: another replica, ' +
    'another connection, a retry of what was not executed.',
  measure,
};
