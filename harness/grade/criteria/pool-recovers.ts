import { alertBound } from '../alert-bounds.ts';
import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { lastTimeOf, sumPerSecond, type Window } from '../../measure/tracks/windows.ts';
import { seriesOf, type Series } from '../../measure/tracks/observations.ts';
import { atWorkUntilMs, loadedWindows } from '../judged-windows.ts';
import { noLoad, notSeen, tooFew } from '../unknowns.ts';
import { formatSeconds } from '../../measure/numbers-in-words.ts';

/** The time before the end in which the fewest that wait are looked for. */
const lastSamplesMs = 3000;

const pendingOf = ({ observations }: JudgeInput): Series[] =>
  seriesOf(observations, 'db.client.connection.pending_requests');

/**
 * Samples after the load's end are the better ones: there a wait has no other reason than a pool that is stuck. Once
 * the service is told to stop it drops who waits, and the worst pool comes to rest.
 */
const lastStretch = (input: JudgeInput): Window => {
  const lastMs = lastTimeOf(pendingOf(input)) ?? 0;
  const untilMs = input.teardownMs ?? Math.max(input.phases.at(-1)?.endMs ?? 0, Math.min(lastMs, atWorkUntilMs(input)));
  return { startMs: untilMs - lastSamplesMs, endMs: untilMs };
};

const measure = (input: JudgeInput): Measurement => {
  const endMs = input.phases.at(-1)?.endMs;
  if (endMs === undefined || loadedWindows(input.phases).length === 0) return noLoad;
  const pending = pendingOf(input);
  if (pending.length === 0) return notSeen('waiting acquisitions');
  const stretch = lastStretch(input);
  const { values } = sumPerSecond(pending, [stretch]);
  if (values.length === 0) return tooFew(0, 1, 'samples of waiting acquisitions before the service was stopped');
  const value = Math.min(...values);
  return {
    state: 'measured',
    value,
    count: values.length,
    measuredBy:
      `fewest in the last ${values.length} samples before the service was stopped, up to ` +
      `${formatSeconds(stretch.endMs)} (load ended at ${formatSeconds(endMs)})`,
    reason: value === 0 ? 'none is waiting' : `${value} acquisitions still wait`,
  };
};

export const criterion: Criterion = {
  id: 'pool-recovers',
  title: 'Acquisitions still waiting at the end',
  failureTitle: 'The app pool does not come back to rest',
  source: '004',
  unit: 'acquisitions',
  bounds: [alertBound('waiting-acquisitions')],
  demand: `the fewest in the last ${lastSamplesMs / 1000} s before the service is told to stop`,
  causeRank: 22,
  needs: 'waiting-metrics',
  sees: [
    { source: 'service', series: ['db.client.connection.pending_requests'], windows: (input) => [lastStretch(input)] },
  ],
  chart: 'app-pool',
  nextStep:
    'Connections were taken and not given back: look for a missing release on an error path, and for ' +
    'sessions that stay idle in transaction.',
  measure,
};
