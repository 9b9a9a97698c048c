/**
 * Outbox listeners: deliver events at least once, in order per key. A lane holds the keys of one hash
 * and is served by one listener at a time, by an advisory lock of its transaction, whichever replica it is on.
 */
import pg from 'pg';
import type { Context } from './context.ts';
import { messageOf } from './log.ts';
import type { Tally } from './metrics.ts';
import { createBell, pause, type Bell } from './wait.ts';

/** The first key of the advisory locks on lanes. */
const lockClass = 7002;
/** Events that come close together are delivered in one pass: a pass is four round trips of each lane and replica. */
const gatherMs = 500;

/** Marks the lane's oldest events as delivered and writes down who delivered them. */
const deliverStatement = `
  WITH batch AS MATERIALIZED (
    SELECT id, key, sequence FROM outbox
    WHERE delivered_at IS NULL AND abs(hashtext(key)::bigint) % $2 = $1 ORDER BY id LIMIT 200
  ),
  marked AS (UPDATE outbox SET delivered_at = now() FROM batch WHERE outbox.id = batch.id)
  INSERT INTO outbox_deliveries (outbox_id, key, sequence, listener)
  SELECT id, key, sequence, $3 FROM batch ORDER BY id RETURNING id`;

const deliverLane = async ({ pool }: Context, lane: number, lanes: number, listener: string): Promise<number> =>
  pool.transaction('deliver', async (session) => {
    const lock = await session.query<{ held: boolean }>(
      'lane lock',
      'SELECT pg_try_advisory_xact_lock($1, $2) AS held',
      [lockClass, lane],
    );
    if (lock[0]?.held !== true) return 0;
    // A statement of its own: its snapshot is taken once the lock is held.
    const rows = await session.query('deliver', deliverStatement, [lane, lanes, listener]);
    return rows.length;
  });

export interface OutboxListeners {
  /** Says that something was written, so that the listeners look soon. */
  wake(): void;
  /** Wakes all at once, so that they see that the replica stops. */
  wakeNow(): void;
  /** Works until the replica stops. */
  run(index: number, name: string): Promise<void>;
}

/** Calls `ring` a little later, once for all calls that come meanwhile. */
const gathered = (ring: () => void): (() => void) => {
  let gathering = false;
  return () => {
    if (gathering) return;
    gathering = true;
    setTimeout(() => {
      gathering = false;
      ring();
    }, gatherMs).unref();
  };
};

export const createOutboxListeners = (context: Context): OutboxListeners => {
  const { settings, stopping, log, metrics } = context;
  const delivered: Tally = metrics.tally('outbox_delivered', 'Events delivered');
  const bells: Bell[] = Array.from({ length: settings.outboxListeners }, createBell);
  const wakeNow = (): void => {
    for (const bell of bells) bell.ring();
  };
  const pass = async (lane: number, name: string): Promise<void> => {
    for (let count = -1; count !== 0 && !stopping.aborted;) {
      count = await deliverLane(context, lane, settings.outboxListeners, name);
      delivered.add(count);
      if (count < 200) return;
    }
  };
  return {
    wake: gathered(wakeNow),
    wakeNow,
    run: async (index, name) => {
      while (!stopping.aborted) {
        try {
          await pass(index, name);
          await (bells[index] as Bell).wait(settings.outboxPollMs * (0.5 + Math.random()));
        } catch (error) {
          log.error(`${name} broadcast-handler: ${messageOf(error)}`);
          await pause(500 * (0.5 + Math.random()), stopping);
        }
      }
    },
  };
};

type Channel = 'outbox' | 'priority_updates';
/** Undefined: the connection was made, and what was said before is not known. */
type Heard = (payload: string | undefined) => void;

/**
 * Holds a connection out of the app pool and LISTENs on it. Through a pooler in transaction mode it hears nothing.
 */
export const listenFromAppPool = async ({ pool, stopping }: Context, channel: Channel, heard: Heard): Promise<void> => {
  const session = await pool.hold();
  session.onNotification(({ payload }) => heard(payload));
  stopping.addEventListener('abort', () => session.release(true), { once: true });
  session.onLost(() => session.release(true));
  try {
    await session.query('listen', `LISTEN ${channel}`);
  } catch (error) {
    session.release(true);
    throw error;
  }
};

/** Listens on one connection until it is lost or the replica stops. */
const listenOnce = async (
  { log, stopping, replica }: Context,
  connectionString: string,
  channel: Channel,
  heard: Heard,
): Promise<void> => {
  const client = new pg.Client({
    connectionString,
    application_name: `service-${replica}-listen`,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
  });
  const lost = new Promise<void>((resolve) => {
    client.on('end', () => resolve());
    client.on('error', () => resolve());
    stopping.addEventListener('abort', () => resolve(), { once: true });
  });
  client.on('notification', ({ payload }) => heard(payload));
  try {
    await client.connect();
    await client.query(`LISTEN ${channel}`);
    heard(undefined);
    await lost;
  } catch (error) {
    log.warn(`listen connection: ${messageOf(error)}`);
  }
  await client.end().catch(() => undefined);
};

/** One direct connection under the listening role. It comes back by itself, and only makes deliveries sooner. */
export const listenDirectly = async (context: Context, url: string, channel: Channel, heard: Heard): Promise<void> => {
  const { stopping } = context;
  while (!stopping.aborted) {
    await listenOnce(context, url, channel, heard);
    if (!stopping.aborted) await pause(500 + 500 * Math.random(), stopping);
  }
};
