import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { lastTimeOf, sumPerSecond } from '../../measure/tracks/windows.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { notSeen } from '../unknowns.ts';
import { formatSeconds } from '../../measure/numbers-in-words.ts';

/** Connections that the reference service takes from the app pool for good, by its settings. */
const keptOnPurpose = ({ settings }: JudgeInput): number =>
  settings['listenConnections'] === 'per-listener' ? Number(settings['outboxListeners'] ?? 0) : 0;

const measure = (input: JudgeInput): Measurement => {
  const endMs = input.phases.at(-1)?.endMs ?? 0;
  const used = seriesOf(input.observations, 'db.client.connection.count', { state: 'used' });
  const lastMs = lastTimeOf(used);
  if (lastMs === null) return notSeen(input, 'counts of the app pool');
  if (lastMs < endMs - 5000)
    return {
      state: 'inconclusive',
      count: 0,
      reason: `counts of the app pool end at ${formatSeconds(lastMs)}, before the load did`,
    };
  const instances = [...new Set(used.map(({ labels }) => labels['service.instance'] ?? ''))];
  const left = instances.map((instance) => {
    const { values } = sumPerSecond(
      used.filter(({ labels }) => (labels['service.instance'] ?? '') === instance),
      [{ startMs: lastMs - 5000, endMs: lastMs }],
    );
    // A pool that works is at its least between two pieces of work; what is leaked is in use in every sample, also
    // after the service was told to stop: a leak outlives that, while a sample a second may meet the same short query
    // five times.
    return {
      instance,
      kept: values.length === 0 ? 0 : Math.max(0, Math.min(...values) - keptOnPurpose(input)),
      samples: values.length,
    };
  });
  const value = left.reduce((total, { kept }) => total + kept, 0);
  const afterLoad = lastMs >= endMs + 1000;
  if (!afterLoad && value > 0)
    return {
      state: 'inconclusive',
      count: left.length,
      reason: `${value} connections in use in the last samples, but nothing was sampled after the load ended`,
    };
  return {
    state: 'measured',
    value,
    count: left.reduce((total, { samples }) => total + samples, 0),
    measuredBy:
      "fewest in use of each replica's app pool in the last five seconds, up to " +
      `${formatSeconds(lastMs)} (load ended at ${formatSeconds(endMs)})`,
    reason:
      value === 0
        ? 'all came back'
        : left
            .filter(({ kept }) => kept > 0)
            .map(({ instance, kept }) => `replica ${instance}: ${kept}`)
            .join(', '),
  };
};

export const criterion: Criterion = {
  id: 'connections-return',
  title: 'Connections not given back to the app pool',
  failureTitle: 'Connections leak from the app pool',
  source: 'ours (004)',
  unit: 'connections',
  bounds: [{ severity: 'fail', comparator: '<=', value: 0 }],
  causeRank: 12,
  needs: 'service-metrics',
  chart: 'app-pool',
  nextStep: 'Some path takes a connection and does not release it, most often where a query fails: release in finally.',
  measure,
};
