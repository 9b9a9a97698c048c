import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { requestTimes } from '../requests.ts';
import { loadedWindows, windowWords } from '../judged-windows.ts';
import { noLoad, notSeen, tooFew } from '../unknowns.ts';
import { exportEveryMs } from '../../measure/k6-exports.ts';
import { formatInstant } from '../../measure/load-clock.ts';
import { formatSeconds } from '../../measure/numbers-in-words.ts';
import { type Window } from '../../measure/tracks/windows.ts';

/** Below one request a second, silence says nothing. */
const fewestSuccessesPerSecond = 1;

interface Silence {
  ms: number;
  fromMs: number;
}

/** The longest stretch of the windows without one success, edges included. */
const longestSilence = (times: readonly number[], windows: readonly Window[]): Silence => {
  let longest: Silence = { ms: 0, fromMs: 0 };
  for (const { startMs, endMs } of windows) {
    let fromMs = startMs;
    for (const atMs of [...times.filter((time) => time > startMs && time <= endMs), endMs]) {
      if (atMs - fromMs > longest.ms) longest = { ms: atMs - fromMs, fromMs };
      fromMs = atMs;
    }
  }
  return longest;
};

/** A level of ours: a service that answers nobody for longer did not serve. */
const longestMs = 5000;

const failedMeanwhile = 'requests failed, and none succeeded meanwhile';
const neverServed = 'no request ever succeeded: the service is dead, however fast it fails';

type Worst = NonNullable<Extract<Measurement, { state: 'measured' }>['worst']>;

/** Facts, whatever a service may take for an answer: it never gave one, or failed those who waited for one. */
const factOf = (input: JudgeInput, successes: readonly number[], { ms, fromMs }: Silence): { worst?: Worst } => {
  if (successes.length === 0) return { worst: { verdict: 'fail', reason: neverServed, isFact: true } };
  if (input.isForeign !== true || ms <= longestMs) return {};
  // What failed in the silence is known with the next export.
  const untilMs = fromMs + ms + exportEveryMs;
  const failed = requestTimes(input.observations, 'error').some((atMs) => atMs > fromMs && atMs <= untilMs);
  return failed ? { worst: { verdict: 'fail', reason: failedMeanwhile, isFact: true } } : {};
};

const measured = (input: JudgeInput, successes: readonly number[], windows: readonly Window[]): Measurement => {
  const silence = longestSilence(successes, windows);
  const { ms, fromMs } = silence;
  return {
    state: 'measured',
    value: ms / 1000,
    count: successes.length,
    measuredBy: `longest stretch without one request that succeeded, or got a 4xx, ${windowWords(windows)}`,
    reason: `longest silence ${formatSeconds(ms)}, from ${formatInstant(fromMs, input.phases)}`,
    ...factOf(input, successes, silence),
    evidence: [
      { atMs: fromMs, untilMs: fromMs + ms, text: `no success for ${formatSeconds(ms)}`, source: 'http_reqs' },
    ],
  };
};

const measure = (input: JudgeInput): Measurement => {
  const windows = loadedWindows(input.phases);
  if (windows.length === 0) return noLoad;
  const successes = requestTimes(input.observations, 'answered');
  const errors = requestTimes(input.observations, 'error');
  if (successes.length === 0 && errors.length === 0) return notSeen('requests');
  const offered = input.load.interactivePerSecond;
  if (offered > 0 && offered < fewestSuccessesPerSecond && errors.length === 0)
    return tooFew(successes.length, 1, 'requests a second');
  return measured(input, successes, windows);
};

export const criterion: Criterion = {
  id: 'target-alive',
  title: 'Longest time without one answer',
  failureTitle: 'The service did not serve',
  source: 'ours',
  unit: 's',
  bounds: [{ severity: 'fail', comparator: '<=', value: longestMs / 1000 }],
  demand: 'an answer is 2xx, 3xx or 4xx, but not 429',
  causeRank: 2,
  suitsReferenceOnly: true,
  needs: 'requests',
  always: true,
  grave: true,
  sees: [{ source: 'k6', silenceLooksBad: true }],
  chart: 'load',
  nextStep: "Look at the service's log where the silence begins: did a replica end, or could none reach the database?",
  measure,
};
