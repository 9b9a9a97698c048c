/** Connections that are taken and never given back, on all paths or on those that fail. */
import type { Evidence } from '../../result.ts';
import { plural } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { seconds } from '../say.ts';
import { failedBetween } from '../seen/requests.ts';
import type { Seen } from '../seen/seen.ts';
import { keptAtEnd } from '../seen/kept-at-end.ts';
import type { Leaked } from '../seen/leaked.ts';
import { leakOf } from '../seen/leaks.ts';

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

/** What ends a statement in its midst, as a restart does. */
const brokenOff = ['connection-lost', 'server-restart', 'connect-refused', 'connect-timeout'];

/** A look at the pool comes once a second, and the log tells an error as late. */
const noticedMs = 2500;

/** Nobody waits for a connection, and requests failed when those were taken that never came back. */
const failedAtOnset = ({ requests, errors }: Seen, { sinceMs }: Leaked): boolean =>
  errors.count('pool-wait') === 0 &&
  requests.moments.some(({ atMs, failed }) => failed > 0 && Math.abs(atMs - sinceMs) <= noticedMs);

/** They came before the first request that found no connection. */
const onFailingPaths = (seen: Seen, leaked: Leaked): boolean => {
  const firstError = seen.errors.firstMs(...pathErrors);
  const firstWait = seen.errors.firstMs('pool-wait', 'pooler-wait');
  if (firstError === null) return failedAtOnset(seen, leaked);
  return firstWait === null || firstError < firstWait;
};

const evidenceOf = (leaked: Leaked, seen: Seen, failing: boolean): Evidence[] => [
  { atMs: leaked.sinceMs, text: leaked.seen ?? leaked.words, source: leaked.source },
  ...seen.errors.evidence('pool-wait', 'pool-leak', ...(failing ? [...pathErrors, ...brokenOff] : [])),
];

const remedy: Sighting['remedy'] = {
  sentence:
    'Give each connection back on every path, also where its query fails (finally, using, with): a larger pool only ' +
    'puts off the moment at which none is left',
  config: {
    of: 'the service',
    lines: 'const client = await pool.connect();\ntry { … } finally { client.release(); }',
  },
};

/** Others are left in the pool: what failed did so for another reason, or nothing did. */
const isHarmless = (seen: Seen): boolean =>
  failedBetween(seen.requests) === null || (seen.errors.count('pool-wait') === 0 && keptAtEnd(seen) !== null);

const look = (seen: Seen): Sighting | null => {
  const leaked = leakOf(seen);
  if (leaked === null) return null;
  const failing = onFailingPaths(seen, leaked);
  const harmless = isHarmless(seen);
  const path = failing ? ', on the paths that fail' : '';
  return {
    kind: failing ? 'failing-paths' : 'all-paths',
    sentence: `Connections are taken and never given back${path}: ${leaked.words}`,
    number: `${plural(leaked.connections, 'connection')} kept for good, the oldest for ${seconds(leaked.heldSeconds)}`,
    evidence: evidenceOf(leaked, seen, failing),
    against: harmless ? ['no request has failed for want of a connection yet'] : [],
    remedy,
    harm: { failed: harmless ? 0 : seen.errors.count('pool-wait') || null },
  };
};

export const cause: Cause = {
  id: 'connection-leak',
  title: 'Connections are never given back',
  rank: 16,
  criteria: ['connections-return'],
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
