/** Limits on idle connections that are known from the settings, beside how long connections of the service rest. */
import { numberOf } from './pooler.ts';
import type { Seen } from './seen.ts';

interface IdleLimit {
  /** As `idle-timeout` calls the layer. */
  kind: 'pooler-client' | 'database-session';
  name: string;
  seconds: number;
  /** From one use of a connection to the next, when all of them are used in turn. Infinite: none is left. */
  restSeconds: number;
}

/** Requests come unevenly: half of such a rest is enough for some to be ended. */
const enough = 0.5;

const restSeconds = (connections: number, { requests, seconds }: Seen): number =>
  requests.all === 0 ? 0 : (connections * seconds) / requests.all;

const ofPooler = (seen: Seen): IdleLimit | null => {
  const { pooler } = seen;
  if (pooler?.clientIdleSeconds == null) return null;
  return {
    kind: 'pooler-client',
    name: "the pooler's client_idle_timeout",
    seconds: pooler.clientIdleSeconds,
    restSeconds: pooler.clients.peak === 0 ? Infinity : restSeconds(pooler.clients.peak, seen),
  };
};

const ofDatabase = (seen: Seen): IdleLimit | null => {
  const ms = numberOf(seen.entry.stackSettings, 'idle_session_timeout_ms');
  if (ms === null) return null;
  return {
    kind: 'database-session',
    name: "Postgres' idle_session_timeout",
    seconds: ms / 1000,
    restSeconds: restSeconds(seen.sessions.all.peak, seen),
  };
};

/** The one that ends connections of the service at this rate of requests; null: none is known to. */
export const limitReached = (seen: Seen): IdleLimit | null =>
  [ofPooler(seen), ofDatabase(seen)].find(
    (limit) => limit !== null && limit.seconds > 0 && limit.restSeconds >= enough * limit.seconds,
  ) ?? null;

/** So long a connection must rest that ends of resting ones are what is seen. */
const longSeconds = 3;

/** Null: the connections of the service are used too often for that. */
export const longRestSeconds = (seen: Seen): number | null => {
  const rest = restSeconds(seen.pooler?.clients.peak ?? seen.sessions.all.peak, seen);
  return rest >= longSeconds ? rest : null;
};
