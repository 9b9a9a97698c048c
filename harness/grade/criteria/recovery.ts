import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { answeredWindows, requestsAnswered, slowRequestMs, slowRequests, requestWindowMs } from '../request-windows.ts';
import type { Window } from '../../measure/tracks/windows.ts';
import { disturbedUntilMs } from '../recovery.ts';
import { requestTimes } from '../requests.ts';
import { notSeen } from '../unknowns.ts';
import { formatSeconds } from '../../measure/numbers-in-words.ts';

/** Bad observations in the last window of the load, or later: they did not stop, the run did. */
const stillGoingMs = requestWindowMs;

/** What configuration alone makes it take, so that nobody blames the service for it. */
const floorsOf = ({ expectation }: JudgeInput): string => {
  const floors = expectation?.floors ?? [];
  return floors.length === 0
    ? ''
    : `; floors by configuration: ${floors.map(({ name, seconds: floor }) => `${name} ${floor} s`).join(', ')}`;
};

interface Bad {
  atMs: number;
  what: string;
}

/** Whatever was sent in the load counts, also what ended after it: k6 gives a request ten seconds. */
const badAfter = (input: JudgeInput, fromMs: number, endMs: number): Bad[] =>
  [
    ...requestTimes(input.observations, 'error').map((atMs) => ({ atMs, what: 'a request failed' })),
    ...slowRequests(input).map(({ atMs }) => ({ atMs, what: `a request took over ${slowRequestMs / 1000} s` })),
    ...answeredWindows(input, fromMs, endMs)
      .filter(({ count, needed }) => count < needed)
      .map(({ endMs: atMs, count, needed }) => ({
        atMs,
        what: `${count} requests were answered in ${requestWindowMs / 1000} s, at least ${needed} are needed`,
      })),
  ]
    .filter(({ atMs }) => atMs > fromMs)
    .sort((a, b) => a.atMs - b.atMs);

/** Why nothing can be said of the time after the revert; null where something can. */
const unknown = (input: JudgeInput, fromMs: number, endMs: number): Measurement | null => {
  if (fromMs >= endMs)
    return {
      state: 'inconclusive',
      reason: `the fault was mended at ${formatSeconds(fromMs)}, after the load had ended`,
    };
  const windows = answeredWindows(input, fromMs, endMs);
  if (windows.length === 0)
    return {
      state: 'inconclusive',
      reason: `the load ended ${formatSeconds(endMs - fromMs)} after the revert: too short to see a recovery in`,
    };
  const silent = windows.find(({ wasK6Heard }) => !wasK6Heard);
  return silent === undefined
    ? null
    : {
        state: 'inconclusive',
        reason:
          `nothing was heard of k6 from ${formatSeconds(silent.startMs)} to ${formatSeconds(silent.endMs)}: ` +
          'whether requests were answered then is not known',
      };
};

const measuredByOf = (input: JudgeInput, fromMs: number): string =>
  `last failed request, interactive one over ${slowRequestMs / 1000} s, or ${requestWindowMs / 1000} s in which ` +
  'under half of those offered were answered, ' +
  `after the revert at ${formatSeconds(fromMs)}; load kept on${floorsOf(input)}`;

const stableWords = (seconds: number, successes: readonly number[], fromMs: number): string => {
  const first = successes.find((atMs) => atMs > fromMs);
  const success = first === undefined ? '' : `, first success after ${formatSeconds(first - fromMs)}`;
  return `stable ${seconds.toFixed(1)} s after the revert${success}`;
};

const neverWords = (seconds: number, what: string): string =>
  `requests still failed, were slow or not answered when the load ended, ${seconds.toFixed(1)} s after ` +
  `the revert (${what}): it never recovered`;

/** How long it took, from the revert to the last bad observation. */
const measured = (input: JudgeInput, fromMs: number, endMs: number, successes: readonly number[]): Measurement => {
  const last = badAfter(input, fromMs, endMs).at(-1);
  const value = last === undefined ? 0 : (last.atMs - fromMs) / 1000;
  const seen = {
    state: 'measured' as const,
    value,
    count: requestsAnswered(input, [{ startMs: fromMs, endMs: Infinity }]),
    measuredBy: measuredByOf(input, fromMs),
  };
  const reason = stableWords(value, successes, fromMs);
  if (last === undefined) return { ...seen, reason, evidence: [] };
  const evidence = [{ atMs: last.atMs, text: `last bad observation: ${last.what}`, source: 'k6' }];
  if (last.atMs <= endMs - stillGoingMs) return { ...seen, reason, evidence };
  return { ...seen, evidence, worst: { verdict: 'fail', reason: neverWords(value, last.what) } };
};

const afterRevert = (input: JudgeInput): Window[] => {
  const [startMs, endMs] = [disturbedUntilMs(input), input.phases.at(-1)?.endMs];
  return startMs === null || endMs === undefined || startMs >= endMs ? [] : [{ startMs, endMs }];
};

const measure = (input: JudgeInput): Measurement => {
  if (input.faults.length === 0) return { state: 'notApplicable', reason: 'nothing was broken on purpose' };
  const fromMs = input.faults.some(({ injectedAtMs }) => injectedAtMs !== null) ? disturbedUntilMs(input) : null;
  const endMs = input.phases.at(-1)?.endMs;
  if (fromMs === null || endMs === undefined) return { state: 'inconclusive', reason: 'no fault was injected' };
  const successes = requestTimes(input.observations, 'served');
  if (successes.length === 0 && requestTimes(input.observations, 'error').length === 0) return notSeen('requests');
  return unknown(input, fromMs, endMs) ?? measured(input, fromMs, endMs, successes);
};

export const criterion: Criterion = {
  id: 'recovery',
  title: 'From the mended fault to the last bad request',
  failureTitle: 'The service does not recover in time',
  source: 'ours (after Jepsen: stable is after the last bad observation, not at the first good one)',
  unit: 's',
  bounds: [{ severity: 'fail', comparator: '<=', value: 10 }],
  demand:
    'and nothing is bad any more when the load ends; bad is a request that failed, an interactive one of over ' +
    `${slowRequestMs / 1000} s, and ${requestWindowMs / 1000} s in which under half of those offered were answered`,
  causeRank: 36,
  sees: [{ source: 'k6', windows: afterRevert, silenceLooksBad: true }],
  chart: 'latency',
  nextStep:
    'See what stays broken after the fault is gone: clients that keep dead connections, retries without ' +
    'backoff, a pooler that waits server_login_retry.',
  measure,
};
