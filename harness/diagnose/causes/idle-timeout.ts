/** A session that some layer ended since it was idle, while the other side still counted on it. */
import type { Evidence } from '../../result.ts';
import { plural } from '../../measure/numbers-in-words.ts';
import type { Cause, Sighting } from '../cause.ts';
import { failedWords, seconds } from '../say.ts';
import { endedInTransaction, inTransaction } from '../seen/ended.ts';
import { limitReached, longRestSeconds } from '../seen/idle-limits.ts';
import { restartsOf } from '../seen/restarts.ts';
import type { Seen } from '../seen/seen.ts';

interface Layer {
  kind: string;
  pattern: RegExp;
  who: string;
  sentence: string;
  config: { of: string; lines: string };
}

const recycle =
  'Let the app pool close or test idle connections before the other side does, or raise that limit. The size of the ' +
  'pool is not the cause';
const poolSide = { of: 'the app pool', lines: 'idleTimeoutMillis = 30_000   # below the limit of the other side' };
const moveOut =
  'Find what runs between BEGIN and COMMIT that is no query, and move it out; a longer limit only waits longer';

const layers: readonly Layer[] = [
  {
    kind: 'idle-in-transaction',
    pattern: inTransaction,
    who: 'A transaction that was left open was ended (idle_in_transaction_session_timeout or idle_transaction_timeout)',
    sentence: moveOut,
    config: { of: 'the service', lines: 'ask the partner first, then BEGIN … COMMIT' },
  },
  {
    kind: 'pooler-client',
    pattern: /client_idle_timeout/i,
    who: "The pooler's client_idle_timeout closed connections that the app pool still held",
    sentence: recycle,
    config: { of: 'pgbouncer.ini', lines: 'client_idle_timeout = 0' },
  },
  {
    kind: 'database-session',
    pattern: /idle[- ]session timeout|57P05/i,
    who: "Postgres' idle_session_timeout ended sessions that a pool still held",
    sentence: recycle,
    config: poolSide,
  },
];

/** The pooler replaces what it lost, until a client is given such a connection in that instant. */
const behindPooler: Layer = {
  kind: 'pooler-server',
  pattern: /./,
  who: "Postgres' idle_session_timeout ended server connections that the pooler still held",
  sentence: recycle,
  config: { of: 'pgbouncer.ini', lines: 'server_idle_timeout = 30   # below idle_session_timeout' },
};

const network: Layer = {
  kind: 'network',
  pattern: /./,
  who: 'Some layer on the way closed idle connections that the pool still held',
  sentence: recycle,
  config: poolSide,
};

/** A pool that replaces what was ended, and serves every request, does as it should. */
const wasMended = ({ requests, entry }: Seen): boolean =>
  requests.served > 0 &&
  requests.failed + requests.refused === 0 &&
  (entry.loadTotals?.words?.exceptions ?? []).length === 0;

/** The database tells of them and the service does not: they were the pooler's, which nobody told to close them. */
const isPoolersLoss = ({ pooler, errors }: Seen): boolean =>
  (pooler?.clients.peak ?? 0) > 0 &&
  errors.countBy('database', 'idle-timeout') > 0 &&
  errors.countBy('service', 'idle-timeout', 'connection-lost') === 0;

const layerOf = (seen: Seen): Layer => {
  const told = layers.find(({ pattern }) => seen.errors.lines(pattern).length > 0) ?? network;
  return told.kind === 'database-session' && isPoolersLoss(seen) ? behindPooler : told;
};

interface Limited {
  layer: Layer;
  count: number;
  evidence: Evidence[];
}

/** Fewer broke for any reason. */
const fewestLost = 3;

/** Nobody is known to end what rests, and only what rests is lost: a firewall, a load balancer, a NAT on the way. */
const byRest = (seen: Seen, count: number): Limited | null => {
  const restSeconds = longRestSeconds(seen);
  if (restSeconds === null || restartsOf(seen).length > 0) return null;
  const text = `a connection rests for ${seconds(restSeconds)} between two uses, and is lost meanwhile`;
  return { layer: network, count, evidence: [{ text, source: 'k6' }, ...seen.errors.evidence('connection-lost')] };
};

/** The driver only says that a connection was lost, and a limit that is known ends those that rest as these do. */
const byLimit = (seen: Seen): Limited | null => {
  const limit = limitReached(seen);
  const count = seen.errors.count('connection-lost');
  if (limit === null) return count < fewestLost ? null : byRest(seen, count);
  if (count === 0) return null;
  const rest = Number.isFinite(limit.restSeconds)
    ? `a connection rests for ${seconds(limit.restSeconds)} between two uses`
    : 'not one connection of the service was left under load';
  const text = `${limit.name} is ${seconds(limit.seconds)}, and ${rest}`;
  const layer = layers.find(({ kind }) => kind === limit.kind)!;
  return { layer, count, evidence: [{ text, source: 'settings' }, ...seen.errors.evidence('connection-lost')] };
};

const look = (seen: Seen): Sighting | null => {
  const ended = endedInTransaction(seen);
  const told = seen.errors.count('idle-timeout') || (ended?.count ?? 0);
  const limited = told > 0 ? null : byLimit(seen);
  const count = limited?.count ?? told;
  if (count === 0) return null;
  const layer = limited?.layer ?? (ended === null ? layerOf(seen) : layers[0]!);
  if (layer !== behindPooler && wasMended(seen)) return null;
  const failed = Math.min(count, seen.requests.failed);
  return {
    kind: layer.kind,
    sentence: `${layer.who}: ${plural(count, 'time')}`,
    number: failed === 0 ? plural(count, 'session') : `${failedWords(failed, seen)} failed by it`,
    evidence: limited?.evidence ?? ended?.evidence ?? seen.errors.evidence('idle-timeout'),
    remedy: { sentence: layer.sentence, config: layer.config },
    harm: { failed },
  };
};

export const cause: Cause = {
  id: 'idle-timeout',
  title: 'An idle session was ended by another layer',
  rank: 28,
  needs:
    "errors by family (the service's log, the database's log, or a tap), or sessions that ended by an error of " +
    'their own (pg_stat_database)',
  explains: ['wrong-data', 'connect-failures', 'login-storm'],
  falseFriends: ['A larger pool: more of its connections are idle', 'A restart of the database: nobody did'],
  look,
};
