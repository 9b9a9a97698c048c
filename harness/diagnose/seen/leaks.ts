/** Connections that somebody keeps for good, by each source that can show it. */
import type { Seen } from './seen.ts';
import { formatInstant } from '../../measure/load-clock.ts';
import { plural } from '../../measure/numbers-in-words.ts';
import { levelOf, type Level } from './levels.ts';
import { nearTheService } from '../../measure/connections/tap-use.ts';
import { seriesOf } from '../../measure/tracks/observations.ts';
import { growthOf } from '../../measure/tracks/windows.ts';
import { keptAtEnd } from './kept-at-end.ts';
import type { Leaked } from './leaked.ts';

const byTap = ({ taps, span }: Seen): Leaked | null => {
  for (const { leak } of taps) {
    if (leak === null) continue;
    return {
      connections: leak.connections,
      heldSeconds: leak.heldSeconds,
      sinceMs: span.endMs - leak.heldSeconds * 1000,
      words: `${plural(leak.connections, 'connection')} of the service sit idle inside a transaction at every look`,
      source: 'the tap',
    };
  }
  return null;
};

/** Shorter, and it may be one slow transaction. */
const leakSeconds = 8;

/** Its age grows as time goes by: from the last time that it was young until the end. */
const growsToTheEnd = ({ samples }: Level, endMs: number): { fromMs: number; seconds: number } | null => {
  const { tMs, values } = samples;
  const last = values.at(-1) ?? 0;
  const lastMs = tMs.at(-1) ?? 0;
  const sinceMs = lastMs - last * 1000;
  const during = values.filter((_, index) => tMs[index]! > sinceMs + 1000);
  const isSteady = during.every((value, index) => index === 0 || value > during[index - 1]!);
  return last >= leakSeconds && isSteady && lastMs > endMs - 3000 ? { fromMs: sinceMs, seconds: last } : null;
};

/** Idle in transaction, older from look to look until the end, and never fewer. */
const byAges = ({ sessions, span, locks, entry }: Seen): Leaked | null => {
  const grown = growsToTheEnd(sessions.idleInTransactionAge, span.endMs);
  if (grown === null || locks.length > 0) return null;
  const { tMs, values } = sessions.idleInTransaction.samples;
  const during = values.filter((_, index) => tMs[index]! >= grown.fromMs);
  const kept = Math.min(...during.slice(-3));
  if (kept < 1) return null;
  // What was open before the run began, and became no more, is somebody else's.
  if (grown.fromMs < (entry.startedMs ?? -Infinity) && kept <= (values[0] ?? 0)) return null;
  return {
    connections: kept,
    heldSeconds: grown.seconds,
    sinceMs: grown.fromMs,
    words: `${plural(kept, 'session')} idle in transaction until the end, the oldest for ${grown.seconds.toFixed(0)} s`,
    source: 'pg_stat_activity',
  };
};

/** Used connections that only become more, and stay when the load has ended. */
const byPool = (seen: Seen): Leaked | null => {
  const { observations, span, windows } = seen;
  const used = seriesOf(observations, 'db.client.connection.count', { state: 'used' });
  const after = levelOf(used, [{ startMs: span.endMs + 500, endMs: seen.entry.teardownMs ?? Infinity }]);
  const max = levelOf(seriesOf(observations, 'db.client.connection.max'), windows).peak;
  const kept = after.count < 2 ? 0 : Math.min(...after.samples.values);
  if (kept < 2 || max === 0 || kept < max * 0.5 || seen.errors.count('pool-wait') === 0) return null;
  return {
    connections: kept,
    heldSeconds: (after.samples.tMs.at(-1)! - span.startMs) / 1000,
    sinceMs: after.samples.tMs[0]!,
    words: `${kept} of ${max} connections of the app pool are still taken after the load has ended`,
    source: 'db.client.connection.count',
  };
};

/** So many looks in a row without any use, to the end, with requests that fail meanwhile. */
const fewestStill = 6;

interface Standstill {
  sinceMs: number;
  seconds: number;
}

/** From some instant on not one request is served, though they are sent, and somebody is there who answers or waits. */
const standstillOf = ({ requests, span, errors }: Seen): Standstill | null => {
  const sinceMs = requests.moments.findLast(({ served }) => served > 0)?.atMs ?? span.startMs;
  const failed = requests.moments.reduce((sum, one) => sum + (one.atMs > sinceMs ? one.failed : 0), 0);
  const refused = (requests.byCode.get(1212) ?? 0) + (requests.byCode.get(1220) ?? 0);
  const isWait = errors.count('pool-wait') > 0 || !errors.hasLog('service');
  if (errors.count('connect-timeout', 'connect-refused', 'no-slot') > 0) return null;
  if (failed === 0 || refused > failed / 2 || !isWait) return null;
  return { sinceMs, seconds: (span.endMs - sinceMs) / 1000 };
};

const stillWords = (connections: string, { sinceMs }: Standstill, { entry }: Seen): string =>
  `${connections}, none of them in use, and from ` +
  `${formatInstant(sinceMs, entry.phases)} on not one request was served`;

const stillAtTap = (seen: Seen, still: Standstill): Leaked | null => {
  const looks = seen.taps[0]?.looks.filter(({ atMs }) => atMs > still.sinceMs + 1000) ?? [];
  const isIdle = looks.every(({ active, idleInTransaction, starting }) => active + idleInTransaction + starting === 0);
  const kept = Math.min(...looks.map(({ idle }) => idle));
  if (looks.length < fewestStill || !isIdle || kept < 1) return null;
  return {
    connections: kept,
    heldSeconds: still.seconds,
    sinceMs: still.sinceMs,
    words: stillWords(`the service has ${plural(kept, 'open connection')}`, still, seen),
    source: 'the tap',
  };
};

const stillAtDatabase = (seen: Seen, still: Standstill): Leaked | null => {
  const { sessions } = seen;
  const { tMs, values } = sessions.active.samples;
  const active = values.filter((_, index) => tMs[index]! > still.sinceMs + 1000);
  const idle = sessions.idle.samples.values.at(-1) ?? 0;
  const inTransaction = sessions.idleInTransaction.samples.values.at(-1) ?? 0;
  if (active.length < fewestStill || active.some((one) => one > 0) || idle === 0 || inTransaction > 0) return null;
  return {
    connections: idle,
    heldSeconds: still.seconds,
    sinceMs: still.sinceMs,
    words: stillWords(`the database has ${plural(idle, 'idle session')}`, still, seen),
    source: 'pg_stat_activity',
  };
};

/** Whoever counts sessions: so many may come of others. */
const mostOpened = 2;

/** The service's own connections, by whoever sees them nearest to it. */
const ownConnections = ({ taps, pooler, sessions, observations, windows }: Seen): [Level, string] | null => {
  if (taps.length > 0)
    return [levelOf(nearTheService(observations, seriesOf(observations, 'tap.connections')), windows), 'the tap'];
  if ((pooler?.clients.peak ?? 0) > 0) return [pooler!.clients, 'SHOW POOLS'];
  const own = sessions.owners.find(({ active }) => active > 0);
  if (own === undefined) return null;
  const { role, application } = own;
  return [levelOf(seriesOf(observations, 'postgres.sessions', { role, application }), windows), 'pg_stat_activity'];
};

/**
 * A driver that closes what nobody refers to any more ends the session of a connection that was not given back, and its
 * pool goes on counting it: all are gone, none is opened anew, and everybody waits.
 */
const stillGone = (seen: Seen, still: Standstill): Leaked | null => {
  const [level, source] = ownConnections(seen) ?? [];
  if (level === undefined || source === undefined || level.peak < 1) return null;
  const { tMs, values } = level.samples;
  const after = values.filter((_, index) => tMs[index]! > still.sinceMs + 1000);
  const window = { startMs: still.sinceMs + 1000, endMs: seen.span.endMs };
  const opened = growthOf(seriesOf(seen.observations, 'postgres.sessions.opened'), [window]);
  if (after.length < fewestStill || after.some((one) => one > 0) || opened > mostOpened) return null;
  return {
    connections: level.peak,
    heldSeconds: still.seconds,
    sinceMs: still.sinceMs,
    words:
      `all ${plural(level.peak, 'connection')} of the service ended one after another, none is opened anew, and from ` +
      `${formatInstant(still.sinceMs, seen.entry.phases)} on not one request was served`,
    source,
  };
};

/**
 * Connections that are taken outside of any transaction look idle. Taken for good they show by what is missing: nobody
 * uses one any more until the end, while requests fail.
 */
const byStandstill = (seen: Seen): Leaked | null => {
  const still = standstillOf(seen);
  if (still === null) return null;
  return (seen.taps.length > 0 ? stillAtTap(seen, still) : stillAtDatabase(seen, still)) ?? stillGone(seen, still);
};

export const leakOf = (seen: Seen): Leaked | null =>
  byTap(seen) ?? byAges(seen) ?? byPool(seen) ?? byStandstill(seen) ?? keptAtEnd(seen);
