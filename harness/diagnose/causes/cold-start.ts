/** Only the first seconds fail, or are slow: caches, pools and code that are not warm yet. */
import { formatCount, formatSeconds, plural } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { failedWords, isHarmed, sampled } from '../say.ts';
import { waitsForLogins } from '../seen/pooler.ts';
import { failedBetween, type Requests } from '../seen/requests.ts';
import type { Seen } from '../seen/seen.ts';

/** Failures of a cold start lie in the first part, and for a while after it there is none. */
const firstShare = 0.25;
const firstSeconds = 10;

interface Cold {
  failed: number;
  untilMs: number;
}

const coldOf = ({ requests, span }: Seen): Cold | null => {
  const failing = failedBetween(requests);
  if (failing === null) return null;
  const lengthMs = span.endMs - span.startMs;
  const most = Math.min(firstSeconds * 1000, lengthMs * firstShare);
  const begins = failing.startMs - span.startMs <= Math.max(2000, most / 2);
  if (!begins || failing.endMs - span.startMs > most + 1000) return null;
  return { failed: requests.failed, untilMs: failing.endMs };
};

/** All that failed got one answer: the service says itself that it is not ready. */
const statusWords = ({ byStatus }: Requests): string => {
  const [worst] = [...byStatus].filter(([status]) => status === 0 || status >= 400).toSorted((a, b) => b[1] - a[1]);
  return worst === undefined || worst[0] === 0 ? 'without an answer' : `with status ${worst[0]}`;
};

const remedy: Sighting['remedy'] = {
  sentence:
    'Say that the service is ready only when it is (caches loaded, connections opened), and let the load, or the ' +
    'load balancer, wait for that; or cut a warm-up from what is judged',
  config: { of: 'the service', lines: 'GET /ready → 503 until the pool is warm' },
};

/** Warm app pools are not enough where the pooler behind them has no server connection yet. */
const coldPoolerOf = (seen: Seen): Sighting | null => {
  const { pooler, errors } = seen;
  // Where some gave up, it is the storm of logins.
  if (errors.count('connect-timeout', 'pool-wait', 'pooler-wait') > 0) return null;
  if (pooler === null || !isHarmed(seen) || !waitsForLogins(pooler)) return null;
  const { waiting, servers, longestWait } = pooler;
  const text = `${waiting.peak} clients waiting, ${servers.at(waiting.peakAtMs)} server connections, one in its login`;
  return {
    kind: 'pooler',
    sentence:
      `The pooler is cold: up to ${plural(waiting.peak, 'client')} wait while it logs in one server connection after ` +
      `another, ${formatCount(servers.peak)} in all`,
    number:
      `${waiting.seconds.toFixed(0)} s waited by all clients together, ` +
      `${longestWait.peak.toFixed(1)} s the longest`,
    evidence: [sampled(waiting, text, 'SHOW POOLS')],
    remedy: {
      sentence:
        'Let the pooler open its server connections before the service asks for them, or start what asks for them a ' +
        'few at a time: a larger pool has as many logins before it',
      config: { of: 'pgbouncer.ini', lines: 'min_pool_size = 15' },
    },
    harm: { secondsWaited: waiting.seconds },
  };
};

const look = (seen: Seen): Sighting | null => {
  const cold = coldOf(seen);
  if (cold === null) return coldPoolerOf(seen);
  const afterMs = seen.span.endMs - cold.untilMs;
  return {
    sentence:
      `Only the first ${formatSeconds(cold.untilMs - seen.span.startMs)} fail, ` +
      `${statusWords(seen.requests)}: afterwards ` +
      `the service served everything for ${formatSeconds(afterMs)}`,
    number: `${failedWords(cold.failed, seen)} failed, all at the start`,
    evidence: [
      { atMs: seen.span.startMs, untilMs: cold.untilMs, text: `${cold.failed} failed requests`, source: 'k6' },
    ],
    remedy,
    harm: { failed: cold.failed },
  };
};

export const cause: Cause = {
  id: 'cold-start',
  title: 'A cold start',
  rank: 54,
  needs: "when requests failed (k6), or the pooler's console",
  explains: [],
  falseFriends: ['A limit: what holds later under the same load was not reached', 'A larger pool'],
  look,
};
