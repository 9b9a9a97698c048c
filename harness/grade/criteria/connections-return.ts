import type { Criterion, JudgeInput, Measurement } from '../criterion.ts';
import { lastTimeOf, sumPerSecond, type Window } from '../../measure/tracks/windows.ts';
import { seriesOf, type Series } from '../../measure/tracks/observations.ts';
import { notSeen } from '../unknowns.ts';
import { hiddenHolds, seenByTap, tappedPools } from '../tapped-pools.ts';
import { formatSeconds } from '../../measure/numbers-in-words.ts';

/** Connections that the reference service takes from the app pool for good, by its settings. */
const keptOnPurpose = ({ settings }: JudgeInput): number =>
  settings['listenConnections'] === 'per-listener' ? Number(settings['outboxListeners'] ?? 0) : 0;

interface Kept {
  instance: string;
  connections: number;
  samples: number;
}

/** A look may come some ms late. */
const rounding = 0.02;

/** How long before the last sample connections are looked at. */
const lastSecondsMs = 5000;

const usedOf = ({ observations }: JudgeInput): Series[] =>
  seriesOf(observations, 'db.client.connection.count', { state: 'used' });

/** The last seconds of the service; where its metrics end before it was told to stop, what came then is not known. */
const lastSeconds = (input: JudgeInput): Window => {
  const endMs = Math.max(lastTimeOf(usedOf(input)) ?? 0, input.teardownMs ?? input.phases.at(-1)?.endMs ?? 0);
  return { startMs: endMs - lastSecondsMs, endMs };
};

/**
 * The fewest in use of each replica's app pool at the end. A pool that works is at its least between two pieces of
 * work; what is leaked is in use in every sample, also after the service was told to stop: a leak outlives that, while
 * a sample a second may meet the same short query five times.
 */
const keptBy = (input: JudgeInput, used: readonly Series[], lastMs: number): Kept[] => {
  const byInstance = Map.groupBy(used, ({ labels }) => labels['service.instance'] ?? '');
  return [...byInstance].map(([instance, series]) => {
    const { values } = sumPerSecond(series, [{ startMs: lastMs - lastSecondsMs, endMs: lastMs }]);
    const connections = values.length === 0 ? 0 : Math.max(0, Math.min(...values) - keptOnPurpose(input));
    return { instance, connections, samples: values.length };
  });
};

const replicaWords = (kept: readonly Kept[]): string => {
  const leaking = kept.filter(({ connections }) => connections > 0);
  if (leaking.length === 0) return 'all came back';
  return leaking.map(({ instance, connections }) => `replica ${instance}: ${connections}`).join(', ');
};

const unknown = (count: number, reason: string): Measurement => ({ state: 'inconclusive', count, reason });

const measuredByOf = (lastMs: number, endMs: number): string =>
  `fewest in use of each replica's app pool in the last five seconds, up to ${formatSeconds(lastMs)} ` +
  `(load ended at ${formatSeconds(endMs)})`;

const measure = (input: JudgeInput): Measurement => {
  const endMs = input.phases.at(-1)?.endMs ?? 0;
  const used = usedOf(input);
  const lastMs = lastTimeOf(used);
  if (lastMs === null) return notSeen('counts of the app pool');
  if (lastMs < endMs - lastSecondsMs)
    return unknown(0, `counts of the app pool end at ${formatSeconds(lastMs)}, before the load did`);
  const kept = keptBy(input, used, lastMs);
  const value = kept.reduce((total, { connections }) => total + connections, 0);
  const unseen = `${value} connections in use in the last samples, but nothing was sampled after the load ended`;
  if (value > 0 && lastMs < endMs + 1000) return unknown(kept.length, unseen);
  const count = kept.reduce((total, { samples }) => total + samples, 0);
  return { state: 'measured', value, count, measuredBy: measuredByOf(lastMs, endMs), reason: replicaWords(kept) };
};

/** The last looks, of the load or after it. */
const lastLooks = ({ phases, teardownMs, observations }: JudgeInput): Window => {
  const endMs =
    teardownMs ?? Math.max(lastTimeOf(seriesOf(observations, 'tap.connections')) ?? 0, phases.at(-1)?.endMs ?? 0);
  return { startMs: endMs - lastSecondsMs, endMs };
};

/** What is kept has been in use all the time, by one holder: a busy pool lends one connection after the other. */
const keptByTap = (input: JudgeInput, window: Window): Kept[] =>
  tappedPools(input, [window])
    .filter(({ oneIsHeldThroughout }) => oneIsHeldThroughout)
    .map(({ name, used: { values } }) => ({
      instance: name,
      connections: values.length === 0 ? 0 : Math.floor(Math.min(...values) + rounding),
      samples: values.length,
    }));

/** A connection that is kept outside a transaction looks like one in the pool: that none is kept is never known. */
const measureByTap = (input: JudgeInput): Measurement => {
  const window = lastLooks(input);
  const kept = keptByTap(input, window).filter(({ connections }) => connections > 0);
  const count = kept.reduce((total, { samples }) => total + samples, 0);
  if (kept.length === 0) return { state: 'notApplicable', reason: `none is kept in a transaction; ${hiddenHolds}` };
  const reason = kept.map(({ instance, connections }) => `${instance}: ${connections}`).join(', ');
  if (window.endMs < (input.phases.at(-1)?.endMs ?? 0) + 1000)
    return { state: 'inconclusive', count, reason: `${reason} in the last looks, but none came after the load ended` };
  return {
    state: 'measured',
    value: kept.reduce((total, { connections }) => total + connections, 0),
    count,
    measuredBy: `fewest in use in the last five seconds up to ${formatSeconds(window.endMs)}, ${seenByTap}`,
    reason,
  };
};

export const criterion: Criterion = {
  id: 'connections-return',
  title: 'Connections not given back to the app pool',
  failureTitle: 'Connections leak from the app pool',
  source: 'ours (004)',
  unit: 'connections',
  bounds: [{ severity: 'fail', comparator: '<=', value: 0 }],
  demand:
    `the fewest in use of each replica in the last ${lastSecondsMs / 1000} s before the service is told to stop, but ` +
    'for those that it keeps on purpose',
  causeRank: 12,
  suitsReferenceOnly: true,
  needs: 'service-metrics',
  byTap: {
    sees: [{ source: 'tap', series: ['tap.connections'], windows: (input) => [lastLooks(input)] }],
    measure: measureByTap,
  },
  sees: [
    {
      source: 'service',
      series: ['db.client.connection.count'],
      labels: { state: 'used' },
      windows: (input) => [lastSeconds(input)],
    },
  ],
  chart: 'app-pool',
  nextStep: 'Some path takes a connection and does not release it, most often where a query fails: release in finally.',
  measure,
};
