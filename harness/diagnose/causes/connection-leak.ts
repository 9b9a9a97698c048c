/** Connections that are taken and never given back, on all paths or on those that fail. */
import type { Evidence } from '../../result.ts';
import { formatCount } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { seconds } from '../say.ts';
import { failedBetween } from '../seen/requests.ts';
import type { Seen } from '../seen/seen.ts';
import { leakOf, type Leaked } from '../seen/leaks.ts';

/** Errors of the statements themselves, after which a path without `finally` keeps its connection. */
const pathErrors = [
  'sql',
  'constraint',
  'statement-timeout',
  'lock-timeout',
  'deadlock',
  'serialization',
  'aborted',
  'other',
];

/** They came before the first request that found no connection. */
const onFailingPaths = ({ errors }: Seen): boolean => {
  const firstError = errors.firstMs(...pathErrors);
  const firstWait = errors.firstMs('pool-wait', 'pooler-wait');
  return firstError !== null && (firstWait === null || firstError < firstWait);
};

const evidenceOf = (leaked: Leaked, seen: Seen): Evidence[] => [
  { atMs: leaked.sinceMs, text: leaked.words, source: leaked.source },
  ...seen.errors.evidence('pool-wait', 'pool-leak'),
];

const remedy: Sighting['remedy'] = {
  sentence:
    'Give each connection back on every path (finally, using, with): a larger pool only puts off the moment at ' +
    'which none is left',
  config: {
    of: 'the service',
    lines: 'const client = await pool.connect();\ntry { … } finally { client.release(); }',
  },
};

const look = (seen: Seen): Sighting | null => {
  const leaked = leakOf(seen);
  if (leaked === null) return null;
  const failing = onFailingPaths(seen);
  const path = failing ? ', on the paths that fail' : '';
  const from = failedBetween(seen.requests)?.startMs;
  return {
    kind: failing ? 'failing-paths' : 'all-paths',
    sentence: `Connections are taken and never given back${path}: ${leaked.words}`,
    number:
      `${formatCount(leaked.connections)} connections kept for good, the oldest for ` +
      `${seconds(leaked.heldSeconds)}`,
    evidence: evidenceOf(leaked, seen),
    against: from === undefined ? ['no request has failed by it yet'] : [],
    remedy,
    harm: { failed: seen.errors.count('pool-wait') || null },
  };
};

export const cause: Cause = {
  id: 'connection-leak',
  title: 'Connections are never given back',
  rank: 16,
  needs: 'connections over time: a tap, metrics of the app pool, or pg_stat_activity on the direct route',
  explains: [
    'held-transactions',
    'nested-checkout',
    'app-pool',
    'pooler-pool',
    'pooler-client-limit',
    'closed-loop-stall',
    'idle-timeout',
    'pool-over-slots',
    'role-limit',
    'lock-queue',
  ],
  falseFriends: [
    'A pool that is too small: a small pool is busy, a leaked one is taken and does nothing',
    'A restart: it empties the pool, and the leak begins anew',
  ],
  look,
};
