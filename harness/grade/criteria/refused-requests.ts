import type { Criterion, JudgeInput, Measurement, Sustained } from '../criterion.ts';
import { loadedPhaseNames, loadedWindows } from '../judged-windows.ts';
import { whenWords } from '../request-moments.ts';
import { requestCounts } from '../requests.ts';
import { timedRefusals } from '../timed-requests.ts';
import { noLoad, notSeen } from '../unknowns.ts';
import { defaultSeconds, stretchMs, worstShare } from '../worst-window.ts';
import { formatCountOf } from '../../measure/numbers-in-words.ts';

const measuredBy = 'requests answered 429, of all requests of k6 in loaded phases';

const sustainedIn = (input: JudgeInput): Sustained | null => {
  const ms = stretchMs(defaultSeconds, input);
  const worst = worstShare(timedRefusals(input), 'higher', loadedWindows(input.phases), ms);
  if (worst === null) return null;
  const words = `${formatCountOf(worst.part, worst.count)} requests were refused`;
  return { ...worst, numerator: worst.part, words, source: 'http_reqs' };
};

const measure = (input: JudgeInput): Measurement => {
  if (loadedPhaseNames(input.phases).size === 0) return noLoad;
  const { ok, expected, refused, error, unknown } = requestCounts(input.observations, input.phases);
  const count = ok + expected + refused + error;
  if (count === 0 && unknown === 0) return notSeen('requests');
  if (unknown > 0)
    return { state: 'inconclusive', count: unknown, measuredBy, reason: 'your script drops the status tag' };
  const words = `${formatCountOf(refused, count)} requests were refused (429)`;
  const when = whenWords(input, 'refused');
  const reason = when === '' ? words : `${words}, ${when}`;
  const value = (100 * refused) / count;
  const sustained = sustainedIn(input);
  return { state: 'measured', value, count, numerator: refused, measuredBy, reason, when, sustained };
};

export const criterion: Criterion = {
  id: 'refused-requests',
  title: 'Requests that were refused (429)',
  failureTitle: 'The service refuses its users',
  source: 'ours',
  unit: '%',
  figureWords: 'of the requests',
  bounds: [{ severity: 'fail', comparator: '<=', value: 1 }],
  causeRank: 44,
  needs: 'requests',
  always: true,
  sees: [{ source: 'k6' }],
  chart: 'load',
  nextStep:
    'See what the service refuses by: a limit of requests, of jobs, or of connections. Where refusing is what the ' +
    'load is meant to show, declare the share that may be: criteria: [{ id: "refused-requests", value: 30 }].',
  measure,
};
