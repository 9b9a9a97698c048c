import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { countAbove } from '../../measure/histogram.ts';
import { histogramsOf } from '../../measure/observations.ts';
import { disturbedUntilMs } from '../recovery.ts';
import { outcomeOf, requestTimes } from '../requests.ts';
import { notSeen, seconds, tooFew } from '../seen.ts';

/** An interactive request this slow is as bad as an error (ours; the seeds' own "slow" is a transaction of 1 s). */
const slowRequestMs = 1000;
/** A quiet window is no recovery: below this many requests a second after the revert, nothing is known. */
const fewestRequestsPerSecond = 3;
/** Bad observations this near to the end of the load: they did not stop, the run did. k6 exports once a second. */
const stillGoingMs = 2000;

const slowTimes = ({ observations }: JudgeInput): number[] =>
  histogramsOf(observations, 'pgsurge_request_duration').flatMap(({ tMs, histograms }) =>
    Array.from(tMs).filter((_, index) => countAbove(histograms[index]!, slowRequestMs) > 0));

const requestsAfter = ({ observations }: JudgeInput, fromMs: number, untilMs: number): number =>
  histogramsOf(observations, 'http_req_duration').reduce((total, { tMs, labels, histograms }) => total + (outcomeOf(labels) === 'refused' ? 0
    : histograms.reduce((sum, { count }, index) => (tMs[index]! > fromMs && tMs[index]! <= untilMs ? sum + count : sum), 0)), 0);

/** What configuration alone makes it take, so that nobody blames the service for it. */
const floorsOf = ({ expectation }: JudgeInput): string => {
  const floors = expectation?.floors ?? [];
  return floors.length === 0 ? '' : `; floors by configuration: ${floors.map(({ name, seconds: floor }) => `${name} ${floor} s`).join(', ')}`;
};

const measure = (input: JudgeInput): Measurement => {
  if (input.faults.length === 0) return { state: 'notApplicable', reason: 'nothing was broken on purpose' };
  const fromMs = disturbedUntilMs(input);
  const endMs = input.phases.at(-1)?.endMs;
  if (fromMs === null || endMs === undefined) return { state: 'inconclusive', reason: 'no fault was injected' };
  const errors = requestTimes(input.observations, 'error');
  const successes = requestTimes(input.observations, 'ok');
  if (successes.length === 0 && errors.length === 0) return notSeen(input, 'requests');
  if (fromMs >= endMs) return { state: 'inconclusive', reason: `the fault was mended at ${seconds(fromMs)}, after the load had ended` };
  const count = requestsAfter(input, fromMs, endMs);
  const needed = Math.ceil(((endMs - fromMs) / 1000) * fewestRequestsPerSecond);
  if (count < needed) return tooFew(count, needed, 'requests after the revert');
  const bad = [...errors, ...slowTimes(input)].filter((atMs) => atMs > fromMs && atMs <= endMs);
  const last = bad.length === 0 ? null : Math.max(...bad);
  const first = successes.find((atMs) => atMs > fromMs);
  const measuredBy = `last failed request, or interactive one over ${slowRequestMs / 1000} s, after the revert at ${seconds(fromMs)}; load kept on${floorsOf(input)}`;
  const value = last === null ? 0 : (last - fromMs) / 1000;
  const reason = `stable ${value.toFixed(1)} s after the revert${first === undefined ? '' : `, first success after ${((first - fromMs) / 1000).toFixed(1)} s`}`;
  const evidence = last === null ? [] : [{ atMs: last, text: 'last bad request', source: 'k6' }];
  if (last !== null && last > endMs - stillGoingMs) return { state: 'measured', value, count, measuredBy, evidence, worst: { verdict: 'fail', reason: `requests were still failing or slow when the load ended, ${value.toFixed(1)} s after the revert: it never recovered` } };
  return { state: 'measured', value, count, measuredBy, reason, evidence };
};

export const criterion: Criterion = {
  id: 'recovery',
  title: 'From the mended fault to the last bad request',
  failureTitle: 'The service does not recover in time',
  source: 'ours (after Jepsen: stable is after the last bad observation, not at the first good one)',
  unit: 's',
  bounds: [{ severity: 'fail', comparator: '<=', value: 10 }],
  causeRank: 36,
  chart: 'latency',
  nextStep: 'See what stays broken after the fault is gone: clients that keep dead connections, retries without backoff, a pooler that waits server_login_retry.',
  measure,
};
