import type { Criterion, JudgeInput, Measurement, Sustained } from '../criterion.ts';
import { afterStart, coldStart } from '../cold-start.ts';
import { loadedPhaseNames, loadedWindows } from '../judged-windows.ts';
import { statusWords, whenWords } from '../request-moments.ts';
import { requestCounts, type RequestCounts } from '../requests.ts';
import { timedSuccesses } from '../timed-requests.ts';
import { defaultSeconds, stretchMs, worstShare } from '../worst-window.ts';
import type { Window } from '../../measure/tracks/windows.ts';
import { noLoad, notSeen } from '../unknowns.ts';
import { formatCount, formatCountOf } from '../../measure/numbers-in-words.ts';

/** A level of ours: one request in a hundred may fail. */
const leastPercent = 99;

const measuredBy =
  'all requests of k6 in loaded phases, jobs and interactive: 2xx, 3xx and what the script expects succeed; ' +
  'refused ones (429) are judged apart';

const failedWords = (input: JudgeInput, { error }: RequestCounts, count: number): string => {
  const failed = `${formatCountOf(error, count)} requests failed`;
  return error === 0 ? failed : `${failed} (${statusWords(input, 'error')}), ${whenWords(input, 'error')}`;
};

const reasonOf = (input: JudgeInput, counts: RequestCounts, count: number): string => {
  const { expected, refused } = counts;
  return [
    failedWords(input, counts, count),
    ...(expected === 0
      ? []
      : [
          `${formatCount(expected)} are neither 2xx nor 3xx, as the script expects (${statusWords(input, 'expected')})`,
        ]),
    ...(refused === 0 ? [] : [`${formatCount(refused)} more were refused (429)`]),
  ].join('; ');
};

/** Nothing says how they came out, one by one: k6's own count of failed requests does, for all of them together. */
const byFailedRequests = (input: JudgeInput, unknown: number): Measurement => {
  const { requests = 0, failedRequests = 0 } = input.loadTotals ?? {};
  if (requests === 0)
    return {
      state: 'inconclusive',
      count: unknown,
      measuredBy,
      reason: 'your script drops the status tag: how its requests came out cannot be told',
    };
  const reason = `${formatCountOf(failedRequests, requests)} requests failed by k6's http_req_failed, without a status`;
  const done = requests - failedRequests;
  const value = (100 * done) / requests;
  return { state: 'measured', value, count: requests, numerator: done, measuredBy, reason };
};

const sustainedIn = (input: JudgeInput, windows: readonly Window[]): Sustained | null => {
  const worst = worstShare(timedSuccesses(input), 'lower', windows, stretchMs(defaultSeconds, input));
  if (worst === null) return null;
  const { count, part: done } = worst;
  const words = `${formatCountOf(count - done, count)} requests failed`;
  return { ...worst, numerator: done, words, source: 'http_reqs' };
};

const leastOf = ({ declaration }: JudgeInput): number => declaration?.value ?? leastPercent;

/** All but the start, where only that is bad. */
const apartFromStart = (input: JudgeInput): Pick<Measured, 'value' | 'count' | 'numerator' | 'worst'> | null => {
  const start = coldStart(input, 'error', ['ok', 'expected', 'error'], 100 - leastOf(input));
  if (start === null) return null;
  const { laterPercent, later, laterBad, worst } = start;
  return { value: 100 - laterPercent, count: later, numerator: later - laterBad, worst };
};

type Measured = Extract<Measurement, { state: 'measured' }>;

const byOutcomes = (input: JudgeInput, counts: RequestCounts, count: number): Measurement => {
  const reason = reasonOf(input, counts, count);
  const when = [statusWords(input, 'error'), whenWords(input, 'error')].filter((words) => words !== '').join(', ');
  const later = apartFromStart(input);
  const windows = loadedWindows(input.phases);
  const sustained = sustainedIn(input, later === null ? windows : afterStart(windows));
  const done = counts.ok + counts.expected;
  const whole = { value: (100 * done) / count, count, numerator: done };
  return { state: 'measured', ...(later ?? whole), measuredBy, reason, when, sustained };
};

const measure = (input: JudgeInput): Measurement => {
  if (loadedPhaseNames(input.phases).size === 0) return noLoad;
  const counts = requestCounts(input.observations, input.phases);
  const { ok, expected, error, unknown } = counts;
  if (unknown > 0) return byFailedRequests(input, unknown);
  const count = ok + expected + error;
  if (count === 0 && counts.refused === 0) return notSeen('requests');
  if (count === 0) return { state: 'notApplicable', reason: 'every request was refused (429), which is judged apart' };
  return byOutcomes(input, counts, count);
};

export const criterion: Criterion = {
  id: 'goodput',
  title: 'Requests that succeeded, of those answered or lost',
  failureTitle: 'Requests fail',
  source: 'ours',
  unit: '%',
  figureWords: 'of the requests succeeded',
  bounds: [{ severity: 'fail', comparator: '>=', value: leastPercent }],
  causeRank: 45,
  needs: 'requests',
  always: true,
  sees: [{ source: 'k6' }],
  chart: 'load',
  nextStep:
    "See the errors by family and the service's log at the first of them; fast answers that fail are no speed. " +
    'Statuses that your script means to get it declares by http.setResponseCallback(http.expectedStatuses(…)).',
  measure,
};
