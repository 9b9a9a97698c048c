import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { answeredWindows, requestsAnswered, slowRequestMs, slowRequests } from '../request-windows.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { isWithin, type Window } from '../../measure/tracks/windows.ts';
import { brokenFromMs } from '../recovery.ts';
import { outcomeOf } from '../../measure/request-outcome.ts';
import { loadedPhaseNames, loadedWindows } from '../judged-windows.ts';
import { tooFew } from '../unknowns.ts';
import { formatCountOf, formatSeconds, formatShare } from '../../measure/numbers-in-words.ts';

/** From this share of bad requests on it was no steady state (ours); one slow answer in sixty is. */
const mostBad = 0.05;
const fewestRequests = 10;

/** Requests before the fault that failed or, interactive ones, were slow. */
const badIn = (input: JudgeInput, windows: readonly Window[]): number => {
  const names = loadedPhaseNames(input.phases);
  const failed = seriesOf(input.observations, 'http_reqs')
    .filter(({ labels }) => outcomeOf(labels) === 'error' && names.has(labels['phase'] ?? ''))
    .reduce(
      (total, { tMs, values }) =>
        total + values.reduce((sum, value, index) => (isWithin(tMs[index]!, windows) ? sum + value : sum), 0),
      0,
    );
  return (
    failed +
    slowRequests(input)
      .filter(({ atMs, phase }) => names.has(phase) && isWithin(atMs, windows))
      .reduce((total, { count }) => total + count, 0)
  );
};

const untold = 'what the fault did cannot be told from that';

/** Why the time before the fault says nothing of a steady state; null where it does. */
const unknown = (
  input: JudgeInput,
  { startMs, endMs }: Window,
  count: number,
  measuredBy: string,
): Measurement | null => {
  const short = answeredWindows(input, startMs, endMs).find((window) => window.count < window.needed);
  if (short === undefined)
    return count < fewestRequests ? tooFew(count, fewestRequests, 'requests before the fault') : null;
  const reason =
    `before the fault only ${short.count} requests were answered up to ${formatSeconds(short.endMs)}, ` +
    `at least ${short.needed} are needed: ${untold}`;
  return { state: 'inconclusive', count, measuredBy, reason };
};

const judged = (bad: number, count: number, measuredBy: string): Measurement => {
  const share = bad / count;
  const reason = `${formatCountOf(bad, count)} were bad before the fault`;
  const measured = { state: 'measured' as const, value: 100 * share, count, numerator: bad, measuredBy, reason };
  if (share < mostBad) return measured;
  const notSteady =
    `it was not steady before the fault ` +
    `(${formatShare(share)} bad, under ${formatShare(mostBad)} is steady): ${untold}`;
  return { ...measured, worst: { verdict: 'inconclusive', reason: notSteady } };
};

/** From the end of the warm-up to the first injection; null where nothing was injected. */
const beforeFault = (input: JudgeInput): Window | null => {
  const injected = input.faults
    .filter(({ injectedAtMs }) => injectedAtMs !== null)
    .map((fault) => brokenFromMs(input, fault));
  if (injected.length === 0) return null;
  const endMs = Math.min(...injected);
  return { startMs: loadedWindows(input.phases)[0]?.startMs ?? endMs, endMs };
};

const measure = (input: JudgeInput): Measurement => {
  const before = beforeFault(input);
  if (before === null) return { state: 'notApplicable', reason: 'nothing was broken on purpose' };
  const count = requestsAnswered(input, [before]);
  const measuredBy =
    `requests that failed, or interactive ones over ${slowRequestMs / 1000} s, from the warm-up's end to ` +
    `the injection at ${formatSeconds(before.endMs)}`;
  return unknown(input, before, count, measuredBy) ?? judged(badIn(input, [before]), count, measuredBy);
};

export const criterion: Criterion = {
  id: 'steady-before',
  title: 'Bad requests before anything was broken',
  failureTitle: 'The service was not steady before the fault',
  source: 'ours (after Chaos Toolkit: no steady state, no experiment)',
  unit: '%',
  figureWords: 'of the requests',
  bounds: [],
  demand:
    `below ${formatShare(mostBad)}, else nothing can be told of the fault; bad is a request that failed, or an ` +
    `interactive one of over ${slowRequestMs / 1000} s`,
  causeRank: 4,
  sees: [{ source: 'k6', windows: (input) => [beforeFault(input)].filter((window) => window !== null) }],
  chart: 'latency',
  nextStep:
    "Run the control alone (pgsurge run control): what is bad there is the service's or the machine's, " +
    "not the fault's.",
  measure,
};
