import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { endedSince, harmedWindow } from '../harm.ts';
import { notSeen } from '../unknowns.ts';
import { formatCountOf, formatSeconds } from '../../measure/numbers-in-words.ts';

const wordsOf = (failed: number, all: number, lastedMs: number, seconds: number): string =>
  `${formatCountOf(failed, all)} requests failed in the ${formatSeconds(lastedMs)} after the injection: ` +
  `as many as in ${seconds.toFixed(1)} s in which every one fails`;

const measure = (input: JudgeInput): Measurement => {
  if (input.faults.length === 0) return { state: 'notApplicable', reason: 'nothing was broken on purpose' };
  const window = harmedWindow(input);
  if (window === null) return { state: 'inconclusive', reason: 'no fault was injected in the load' };
  const { failed, all } = endedSince(input, window);
  if (all === 0) return notSeen('requests after the injection');
  const lastedMs = window.endMs - window.startMs;
  const value = ((failed / all) * lastedMs) / 1000;
  return {
    state: 'measured',
    value,
    count: all,
    numerator: failed,
    measuredBy: 'requests of k6 that failed, of all, times the time from the injection to the end of the load',
    reason: wordsOf(failed, all, lastedMs, value),
  };
};

export const criterion: Criterion = {
  id: 'error-seconds',
  title: 'Failed requests × time, as seconds of a full outage',
  failureTitle: 'The fault does more harm than it must',
  source: 'ours (per scenario)',
  unit: 's',
  // Each scenario declares its own.
  bounds: [],
  demand: 'declared per scenario',
  causeRank: 34,
  sees: [
    {
      source: 'k6',
      windows: (input) => {
        const window = harmedWindow(input);
        return window === null ? [] : [window];
      },
    },
  ],
  chart: 'errors',
  nextStep:
    'See when requests went on failing: after the mending it is clients that keep dead connections or wait too long ' +
    'before they try again.',
  measure,
};
