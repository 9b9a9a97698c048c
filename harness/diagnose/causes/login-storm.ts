/** Many logins at once, or one for each request. */
import type { Evidence } from '../../result.ts';
import { formatCount, formatNumber, plural } from '../../measure/numbers-in-words.ts';
import { levelOf, type Level } from '../seen/levels.ts';
import { refilled, sinceTheStart, startingSessions } from '../seen/logins.ts';
import { nearTheService } from '../../measure/connections/tap-use.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import type { Cause, Sighting } from '../cause.ts';
import { failedWords, isHarmed, sampled, seconds } from '../say.ts';
import { waitsForLogins } from '../seen/pooler.ts';
import type { Seen } from '../seen/seen.ts';

interface Storm {
  kind: 'at-once' | 'per-request' | 'behind-pooler';
  words: string;
  number: string;
  evidence: Evidence[];
}

const fewestAtOnce = 8;
/** A login takes a few ms; from here on it is felt. */
const slowLogin = 0.25;
/** Logins for each use of a connection: no pool is kept. */
const perUse = 0.5;
const manyASecond = 5;

const perRequestOf = (seen: Seen): Storm | null => {
  const { taps, levels, requests, seconds: length } = seen;
  const tapped = taps.find(({ churn }) => churn.openedPerAcquisition >= perUse && churn.openedPerSecond >= manyASecond);
  const opened = Math.round(tapped?.churn.opened ?? levels.growth('postgres.sessions.opened'));
  // A pool that is refused its last connections tries again and again; a storm gets in with many of its logins.
  const refused = opened >= (perUse / 2) * requests.all ? seen.errors.count('no-slot') : 0;
  const tried = opened + refused;
  const isMany = opened / Math.max(1, length) >= manyASecond && tried >= perUse * requests.all && requests.all > 0;
  if (tapped === undefined && !isMany) return null;
  // Pools that fill again after a restart keep what they open.
  if (refilled(seen) >= opened / 2) return null;
  const each = opened / Math.max(1, requests.all);
  return {
    kind: 'per-request',
    words: `a new connection for each request: ${formatCount(opened)} logins for ${plural(requests.all, 'request')}`,
    number: `${formatNumber(opened / Math.max(1, length))} logins a second, ${formatNumber(each)} a request`,
    evidence: [
      { text: `${formatCount(opened)} logins`, source: tapped === undefined ? 'pg_stat_database' : 'the tap' },
    ],
  };
};

/** More logins ended by their limit than were waited for: they take too long one by one, with no storm at all. */
const isHopeless = ({ errors, requests }: Seen): boolean =>
  errors.count('connect-timeout') > errors.count('pool-wait') && requests.served === 0;

/** Logs are read once a second. */
const readingMs = 2000;

/** Who waits for a login is served when that is through: who gives up long after the last one waited for another. */
const gaveUpAtLogin = ({ errors }: Seen, ...levels: readonly Level[]): boolean => {
  const firstMs = errors.firstMs('connect-timeout', 'pool-wait');
  const ends = levels.map(({ samples }) => samples.tMs[samples.values.findLastIndex((value) => value > 0)] ?? 0);
  return firstMs === null || firstMs <= Math.max(0, ...ends) + readingMs;
};

const atOnceOf = (seen: Seen): Storm | null => {
  const { observations, taps, errors } = seen;
  const starting = startingSessions(seen);
  const atTaps = nearTheService(observations, seriesOf(observations, 'tap.connections', { state: 'starting' }));
  const tapped = levelOf(atTaps, sinceTheStart(seen));
  const most = Math.max(starting.peak, tapped.peak, ...taps.map(({ churn }) => churn.stormSize));
  const loginSeconds = Math.max(0, ...taps.map(({ churn }) => churn.loginSecondsP95 ?? 0));
  const failed = errors.count('connect-timeout', 'pool-wait');
  const isSlow = loginSeconds >= slowLogin || Math.max(starting.shareAbove(2), tapped.shareAbove(2)) > 0.02;
  if (most < fewestAtOnce || failed === 0 || !isSlow || !gaveUpAtLogin(seen, starting, tapped)) return null;
  const atMs = starting.peak >= tapped.peak ? starting.peakAtMs : tapped.peakAtMs;
  const slow = loginSeconds > 0 ? `, 95 % of which take ${seconds(loginSeconds)} or less` : '';
  return {
    kind: 'at-once',
    words: `${most} connections were logging in at once${slow}`,
    number: `${formatCount(failed)} acquisitions gave up; ${failedWords(seen.requests.failed, seen)} failed`,
    evidence: [
      { atMs, text: `${most} connections that are not past their login`, source: 'pg_stat_activity, tap' },
      ...errors.evidence('connect-timeout', 'pool-wait'),
    ],
  };
};

/** Nobody gave up: then it is only slow at first. */
const behindPoolerOf = (seen: Seen): Storm | null => {
  const { pooler, errors } = seen;
  const gaveUp = errors.count('connect-timeout', 'pool-wait', 'pooler-wait');
  if (pooler === null || gaveUp === 0 || !waitsForLogins(pooler)) return null;
  const { waiting, servers, poolSize } = pooler;
  const of = poolSize === null ? '' : ` of the ${formatCount(poolSize)} that it may have`;
  return {
    kind: 'behind-pooler',
    words:
      `up to ${plural(waiting.peak, 'client')} wait while the pooler logs in to the database, one server connection ` +
      `after another; it has got to ${formatCount(servers.peak)}${of}`,
    number: `on the average ${formatNumber(waiting.mean)} clients wait at any moment, ${formatCount(gaveUp)} gave up`,
    evidence: [
      sampled(
        waiting,
        `${waiting.peak} clients waiting, ${servers.at(waiting.peakAtMs)} server connections, one in its login`,
        'SHOW POOLS',
      ),
      ...errors.evidence('connect-timeout', 'pool-wait', 'pooler-wait'),
    ],
  };
};

const remedies: Readonly<Record<Storm['kind'], Sighting['remedy']>> = {
  'at-once': {
    sentence:
      'Open connections before the workers start, start the workers a few at a time ' +
      'with jitter, and let an acquisition ' +
      'wait longer than a login and a query take',
    config: {
      of: 'the service',
      lines: 'await pool.warm(15);            // before the workers\nconnectionTimeoutMillis = 10_000',
    },
  },
  'behind-pooler': {
    sentence:
      'Let the pooler open its server connections before the service asks for them (min_pool_size), or let ' +
      'the service ask for a few at a time. Price: sessions that stay open, or a slower start. A larger pool needs ' +
      'as many logins',
    config: { of: 'pgbouncer.ini', lines: 'min_pool_size = 15' },
  },
  'per-request': {
    sentence:
      'Keep connections in one pool per process, or put a pooler before the database: a login costs more than a query',
    config: { of: 'the service', lines: 'const pool = new Pool({ … });   // once, not in each request' },
  },
};

const look = (seen: Seen, { found }: { found: ReadonlySet<string> }): Sighting | null => {
  if (isHopeless(seen)) return null;
  // After a restart pools are filled anew: that is no login a request.
  const isSteady = isHarmed(seen) && !found.has('part-restarted');
  const storm = atOnceOf(seen) ?? behindPoolerOf(seen) ?? (isSteady ? perRequestOf(seen) : null);
  if (storm === null) return null;
  return {
    kind: storm.kind,
    sentence: `A storm of logins: ${storm.words}`,
    number: storm.number,
    evidence: storm.evidence,
    remedy: remedies[storm.kind],
    harm: {
      failed: seen.errors.count('connect-timeout', 'pool-wait') || null,
      secondsWaited: storm.kind === 'behind-pooler' ? seen.pooler?.waiting.seconds : null,
    },
  };
};

export const cause: Cause = {
  id: 'login-storm',
  title: 'A storm of logins',
  rank: 36,
  needs: 'sessions that are not past their login (pg_stat_activity), or logins at a tap',
  explains: [
    'pool-over-slots',
    'connect-failures',
    'app-pool',
    'pooler-pool',
    'cold-start',
    'pooler-client-limit',
    'closed-loop-stall',
  ],
  falseFriends: ['A larger app pool: it asks for more logins at once', 'A slow database: after the logins it is idle'],
  look,
};
