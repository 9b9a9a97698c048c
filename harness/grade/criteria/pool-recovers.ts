import { alertBound } from '../alert-bounds.ts';
import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { lastTimeOf, sumPerSecond, type Samples } from '../../measure/tracks/windows.ts';
import { seriesOf, type Series } from '../../measure/tracks/observations.ts';
import { atWorkUntilMs, loadedWindows } from '../judged-windows.ts';
import { noLoad, notSeen, cutShort, tooFew } from '../unknowns.ts';
import { formatSeconds } from '../../measure/numbers-in-words.ts';

/** The last samples, of which the fewest counts. */
const lastSamplesMs = 3000;

/**
 * Samples after the load's end are the better ones: there a wait has no other reason than a pool that is stuck. Once
 * the service is told to stop it drops who waits, and the worst pool comes to rest.
 */
const lastSamples = (input: JudgeInput, pending: readonly Series[], lastMs: number): Samples => {
  const untilMs = Math.min(lastMs, atWorkUntilMs(input));
  return sumPerSecond(pending, [{ startMs: untilMs - lastSamplesMs, endMs: untilMs }]);
};

const measure = (input: JudgeInput): Measurement => {
  const endMs = input.phases.at(-1)?.endMs;
  if (endMs === undefined || loadedWindows(input.phases).length === 0) return noLoad;
  const pending = seriesOf(input.observations, 'db.client.connection.pending_requests');
  const lastMs = lastTimeOf(pending);
  if (lastMs === null) return notSeen(input, 'waiting acquisitions');
  const cut = cutShort(pending, [{ startMs: 0, endMs }], 'samples of waiting acquisitions');
  if (cut !== null) return cut;
  const { values } = lastSamples(input, pending, lastMs);
  if (values.length === 0) return tooFew(0, 1, 'samples of waiting acquisitions before the service was stopped');
  const value = Math.min(...values);
  const untilMs = Math.min(lastMs, atWorkUntilMs(input));
  return {
    state: 'measured',
    value,
    count: values.length,
    measuredBy:
      `fewest in the last ${values.length} samples before the service was stopped, up to ` +
      `${formatSeconds(untilMs)} (load ended at ${formatSeconds(endMs)})`,
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
  causeRank: 22,
  needs: 'waiting-metrics',
  chart: 'app-pool',
  nextStep:
    'Connections were taken and not given back: look for a missing release on an error path, and for ' +
    'sessions that stay idle in transaction.',
  measure,
};
