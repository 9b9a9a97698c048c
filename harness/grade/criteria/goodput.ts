import type { Criterion, JudgeInput, Sustained } from '../criterion.ts';
import { requestCounts } from '../requests.ts';
import { loadedPhaseNames, loadedWindows } from '../judged-windows.ts';
import { timedSuccesses } from '../timed-requests.ts';
import { defaultSeconds, stretchMs, worstShare } from '../worst-window.ts';
import { noLoad, notSeen } from '../unknowns.ts';
import { formatCount, formatCountOf } from '../../measure/numbers-in-words.ts';

const sustainedIn = (input: JudgeInput): Sustained | null => {
  const ms = stretchMs(defaultSeconds, input);
  const worst = worstShare(timedSuccesses(input), 'lower', loadedWindows(input.phases), ms);
  if (worst === null) return null;
  const { count, part: ok } = worst;
  const words = `${formatCountOf(count - ok, count)} requests failed`;
  return { ...worst, numerator: ok, words, source: 'http_reqs' };
};

export const criterion: Criterion = {
  id: 'goodput',
  title: 'Requests that succeeded, of those answered or lost',
  failureTitle: 'Requests fail',
  source: 'ours',
  unit: '%',
  bounds: [{ severity: 'fail', comparator: '>=', value: 99 }],
  causeRank: 45,
  needs: 'requests',
  always: true,
  chart: 'load',
  nextStep: "See the errors by family and the service's log at the first of them; fast answers that fail are no speed.",
  measure(input) {
    if (loadedPhaseNames(input.phases).size === 0) return noLoad;
    const { ok, refused, error } = requestCounts(input.observations, input.phases);
    const count = ok + error;
    if (count === 0) return notSeen(input, 'requests');
    return {
      state: 'measured',
      value: (100 * ok) / count,
      count,
      numerator: ok,
      measuredBy:
        'all requests of k6 in loaded phases, jobs and interactive; a 429 is refused by design, counted apart',
      reason:
        `${formatCountOf(error, count)} requests ` +
        `failed${refused > 0 ? `, ${formatCount(refused)} more were refused (429)` : ''}`,
      sustained: sustainedIn(input),
    };
  },
};
