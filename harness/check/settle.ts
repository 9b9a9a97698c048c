/**
 * The gate before the final reads: what was under way has ended, so what is there now stays.
 * Backends outlive their clients, and commit seconds after the client saw an error. Reads only.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { messageOf } from '../errors.ts';
import type { ReadQuery } from './checker.ts';

export interface SettleOptions {
  /** On the database, of a role that may read all of pg_stat_activity (pg_monitor). */
  query: ReadQuery;
  /** Admin consoles of the poolers; none for a direct route. */
  poolerAdminUrls: readonly string[];
  /** How long to wait at most. */
  limitMs: number;
  /** Wait for open jobs to end, also: false where the scenario leaves a backlog on purpose. Default true. */
  waitForQueue?: boolean;
}

export interface Settled {
  /** Nothing is under way any more: what the checkers read stays. */
  settled: boolean;
  /** All jobs ended and all events were delivered. */
  drained: boolean;
  /** What was still under way, or that nothing was. */
  reason: string;
  waitedMs: number;
}

/** Sessions of clients that run something, and not the harness's own. */
const activeSessions = `
  SELECT count(*)::int AS count FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname = current_database()
    AND coalesce(application_name, '') NOT LIKE 'pgsurge-%'
    AND (state IN ('idle in transaction', 'idle in transaction (aborted)') OR (state = 'active' AND wait_event_type IS DISTINCT FROM 'Client'))
    AND now() - coalesce(xact_start, query_start) > interval '200 milliseconds'`;

const openWork = `
  SELECT (SELECT count(*) FROM jobs WHERE status IN ('queued', 'running'))::int AS jobs,
         (SELECT count(*) FROM outbox WHERE delivered_at IS NULL)::int AS events`;

interface UnderWay { sessions: number; jobs: number; events: number; poolers: number; lost: string | null }

const poolerWork = async (adminUrl: string): Promise<number> => {
  const client = new pg.Client({ connectionString: adminUrl, connectionTimeoutMillis: 2000, application_name: 'pgsurge-settle' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ database: string; sv_active: string; cl_waiting: string }>('SHOW POOLS');
    return rows.filter(({ database }) => database !== 'pgbouncer').reduce((total, row) => total + Number(row.sv_active) + Number(row.cl_waiting), 0);
  } finally {
    await client.end().catch(() => undefined);
  }
};

const look = async ({ query, poolerAdminUrls }: SettleOptions): Promise<UnderWay> => {
  const seen: UnderWay = { sessions: 0, jobs: 0, events: 0, poolers: 0, lost: null };
  try {
    const [[sessions], [work]] = [await query<{ count: number }>(activeSessions), await query<{ jobs: number; events: number }>(openWork)];
    Object.assign(seen, { sessions: sessions?.count ?? 0, jobs: work?.jobs ?? 0, events: work?.events ?? 0 });
    seen.poolers = (await Promise.all(poolerAdminUrls.map(poolerWork))).reduce((total, count) => total + count, 0);
  } catch (error) {
    seen.lost = messageOf(error);
  }
  return seen;
};

const words = ({ sessions, jobs, events, poolers, lost }: UnderWay): string =>
  [
    ...(lost === null ? [] : [`could not look: ${lost}`]),
    ...(sessions > 0 ? [`${sessions} sessions at work or idle in transaction`] : []),
    ...(poolers > 0 ? [`${poolers} pooler connections active or waiting`] : []),
    ...(jobs > 0 ? [`${jobs} jobs not ended`] : []),
    ...(events > 0 ? [`${events} events not delivered`] : []),
  ].join(', ');

const everyMs = 150;

/**
 * Waits until nothing is under way in two looks in a row, or the limit. Never throws: what could not be seen
 * leaves `settled` false with the reason.
 */
export const settle = async (options: SettleOptions): Promise<Settled> => {
  const startedAt = performance.now();
  const waitForQueue = options.waitForQueue ?? true;
  let quietLooks = 0;
  for (;;) {
    const seen = await look(options);
    const drained = seen.lost === null && seen.jobs === 0 && seen.events === 0;
    const quiet = seen.lost === null && seen.sessions === 0 && seen.poolers === 0;
    quietLooks = quiet && (drained || !waitForQueue) ? quietLooks + 1 : 0;
    const waitedMs = Math.round(performance.now() - startedAt);
    if (quietLooks >= 2) return { settled: true, drained, reason: drained ? 'nothing is under way' : words(seen), waitedMs };
    if (waitedMs >= options.limitMs) return { settled: quiet, drained, reason: `after ${(options.limitMs / 1000).toFixed(0)} s: ${words(seen) || 'only just quiet'}`, waitedMs };
    await sleep(Math.min(everyMs, Math.max(1, options.limitMs - waitedMs)));
  }
};
