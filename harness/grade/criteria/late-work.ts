import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { harmedWindow } from '../harm.ts';
import { pileIn } from '../histogram-pile.ts';
import { atWorkUntilMs } from '../judged-windows.ts';
import { disturbedUntilMs } from '../recovery.ts';
import { notSeen } from '../unknowns.ts';
import type { Window } from '../../measure/tracks/windows.ts';
import { formatCount } from '../../measure/numbers-in-words.ts';

/** A replica that was killed or frozen says nothing until it is back, so long after the mending at the most. */
const backMs = 3000;

/** Tasks that start late do so after the mending: then every replica must have been heard. */
const heardWindows = (input: JudgeInput): Window[] => {
  const startMs = (disturbedUntilMs(input) ?? Infinity) + backMs;
  const endMs = input.phases.at(-1)?.endMs ?? 0;
  return startMs >= endMs ? [] : [{ startMs, endMs }];
};

const measure = (input: JudgeInput): Measurement => {
  if (input.faults.length === 0) return { state: 'notApplicable', reason: 'nothing was broken on purpose' };
  const harmed = harmedWindow(input);
  if (harmed === null) return { state: 'inconclusive', reason: 'no fault was injected in the load' };
  const window = { startMs: harmed.startMs, endMs: Math.max(harmed.endMs, atWorkUntilMs(input)) };
  const pile = pileIn(input, 'pgsurge.task.due_to_start', [window]);
  const latest = pile.quantile(1);
  if (latest === null) return notSeen('tasks started after the injection');
  return {
    state: 'measured',
    value: latest,
    count: pile.count,
    measuredBy: 'the longest from due to started of all tasks, from the injection until the service was stopped',
    reason: `of ${formatCount(pile.count)} tasks the latest started ${latest.toFixed(1)} s after it was due`,
  };
};

export const criterion: Criterion = {
  id: 'late-work',
  title: 'The latest task after a fault, from due to started',
  failureTitle: 'The work comes later than the fault explains',
  source: 'ours (per scenario)',
  unit: 's',
  // Each scenario declares its own.
  bounds: [],
  demand: 'declared per scenario',
  causeRank: 37,
  needs: 'reference-metrics',
  sees: [{ source: 'service', windows: heardWindows }],
  chart: 'due-to-start',
  nextStep:
    'See what still held the work back once the fault was gone: a lease that nobody took over, a wait before the ' +
    'next try that had grown too long, claims that found no connection.',
  measure,
};
