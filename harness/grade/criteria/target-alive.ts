import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { requestTimes } from '../requests.ts';
import { loadedWindows, windowWords } from '../judged-windows.ts';
import { noLoad, notSeen, tooFew } from '../unknowns.ts';
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

const neverServed = 'no request ever succeeded: the service is dead, however fast it fails';

const measured = (successes: readonly number[], windows: readonly Window[]): Measurement => {
  const { ms, fromMs } = longestSilence(successes, windows);
  return {
    state: 'measured',
    value: ms / 1000,
    count: successes.length,
    measuredBy: `longest stretch without one request that succeeded, ${windowWords(windows)}`,
    reason: `longest silence ${formatSeconds(ms)}, from ${formatSeconds(fromMs)}`,
    ...(successes.length > 0 ? {} : { worst: { verdict: 'fail', reason: neverServed } }),
    evidence: [
      { atMs: fromMs, untilMs: fromMs + ms, text: `no success for ${formatSeconds(ms)}`, source: 'http_reqs' },
    ],
  };
};

const measure = (input: JudgeInput): Measurement => {
  const windows = loadedWindows(input.phases);
  if (windows.length === 0) return noLoad;
  const successes = requestTimes(input.observations, 'served');
  const errors = requestTimes(input.observations, 'error');
  if (successes.length === 0 && errors.length === 0) return notSeen('requests');
  const offered = input.load.interactivePerSecond;
  if (offered > 0 && offered < fewestSuccessesPerSecond && errors.length === 0)
    return tooFew(successes.length, 1, 'requests a second');
  return measured(successes, windows);
};

export const criterion: Criterion = {
  id: 'target-alive',
  title: 'Longest time without one success',
  failureTitle: 'The service did not serve',
  source: 'ours',
  unit: 's',
  bounds: [{ severity: 'fail', comparator: '<=', value: 5 }],
  causeRank: 2,
  needs: 'requests',
  always: true,
  grave: true,
  sees: [{ source: 'k6', silenceLooksBad: true }],
  chart: 'load',
  nextStep: "Look at the service's log where the silence begins: did a replica end, or could none reach the database?",
  measure,
};
