/** Many logins at once, or one for each request. */
import type { Evidence } from '../../result.ts';
import { formatCount, formatNumber, plural } from '../../measure/numbers-in-words.ts';
import { levelOf } from '../seen/levels.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import type { Cause, Sighting } from '../cause.ts';
import { failedWords, isHarmed, seconds } from '../say.ts';
import type { Seen } from '../seen/seen.ts';

interface Storm {
  kind: 'at-once' | 'per-request';
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

const perRequestOf = ({ taps, levels, requests, seconds: length }: Seen): Storm | null => {
  const tapped = taps.find(({ churn }) => churn.openedPerAcquisition >= perUse && churn.openedPerSecond >= manyASecond);
  const opened = Math.round(tapped?.churn.opened ?? levels.growth('postgres.sessions.opened'));
  const isMany = opened / Math.max(1, length) >= manyASecond && opened >= perUse * requests.all && requests.all > 0;
  if (tapped === undefined && !isMany) return null;
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

/** Sessions that are not yet past their login, before the load too: services start before it. */
const atOnceOf = (seen: Seen): Storm | null => {
  const { observations, entry, taps, errors } = seen;
  const all = [{ startMs: (entry.startedMs ?? 0) - 1, endMs: seen.span.endMs }];
  const starting = levelOf(seriesOf(observations, 'postgres.sessions', { state: 'starting' }), all);
  const tapped = levelOf(seriesOf(observations, 'tap.connections', { state: 'starting' }), all);
  const most = Math.max(starting.peak, tapped.peak, ...taps.map(({ churn }) => churn.stormSize));
  const loginSeconds = Math.max(0, ...taps.map(({ churn }) => churn.loginSecondsP95 ?? 0));
  const failed = errors.count('connect-timeout', 'pool-wait');
  const isSlow = loginSeconds >= slowLogin || Math.max(starting.shareAbove(2), tapped.shareAbove(2)) > 0.02;
  if (most < fewestAtOnce || failed === 0 || !isSlow) return null;
  const atMs = starting.peak >= tapped.peak ? starting.peakAtMs : tapped.peakAtMs;
  return {
    kind: 'at-once',
    words: `${most} logins at once${loginSeconds > 0 ? `, 95 % of which take ${seconds(loginSeconds)} or less` : ''}`,
    number:
      `${formatCount(failed)} of those that waited for one gave up; ` +
      `${failedWords(seen.requests.failed, seen)} failed`,
    evidence: [
      { atMs, text: `${most} connections that are not past their login`, source: 'pg_stat_activity, tap' },
      ...errors.evidence('connect-timeout', 'pool-wait'),
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
  'per-request': {
    sentence:
      'Keep connections in one pool per process, or put a pooler before the database: a login costs more than a query',
    config: { of: 'the service', lines: 'const pool = new Pool({ … });   // once, not in each request' },
  },
};

const look = (seen: Seen): Sighting | null => {
  if (isHopeless(seen)) return null;
  const storm = atOnceOf(seen) ?? (isHarmed(seen) ? perRequestOf(seen) : null);
  if (storm === null) return null;
  return {
    kind: storm.kind,
    sentence: `A storm of logins: ${storm.words}`,
    number: storm.number,
    evidence: storm.evidence,
    remedy: remedies[storm.kind],
    harm: { failed: seen.errors.count('connect-timeout', 'pool-wait') || null },
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
    'cold-start',
    'pooler-client-limit',
    'closed-loop-stall',
  ],
  falseFriends: ['A larger app pool: it asks for more logins at once', 'A slow database: after the logins it is idle'],
  look,
};
