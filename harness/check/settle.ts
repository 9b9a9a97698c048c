/**
 * The gate before the final reads. It waits until all work under way has ended, so that what is read then stays as it
 * is. A backend outlives its client, and may commit seconds after the client saw an error. The gate reads only.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { consoleAt } from '../servers/pooler-console.ts';
import type { PoolerPool, PoolerSpec } from '../servers/pooler.ts';
import type { StackPooler } from '../stack/stack.ts';
import type { ReadQuery } from './checker.ts';

export interface SettleOptions {
  /** On the database, of a role that may read all of pg_stat_activity (pg_monitor). */
  query: ReadQuery;
  /** Asked by their consoles; none for a direct route. */
  poolers: readonly Pick<StackPooler, 'product' | 'adminUrl'>[];
  /** A server connection that is lent for a session says nothing of work: its client may do nothing for hours. */
  poolMode: PoolerSpec['mode'];
  /**
   * How long the service has to end all its work: what is open then is late. Where it does not move, the gate waits up
   * to `stallMs` more, until it can tell a stall from a pause.
   */
  limitMs: number;
  /** Open work in which nothing has moved for this long will not end by itself (see `stallMsOf`). */
  stallMs: number;
  /** The run was stopped, so the gate ends at once. */
  signal?: AbortSignal;
}

export interface Settled {
  /**
   * `drained`: nothing is under way, all jobs have ended and all events were delivered. `stalled`: some work is open
   * but nothing moves any more; it will never end, and is judged as it is. `late`: work was open at the limit and
   * moves, so it was not drained in time. `unsettled`: none of these is known.
   */
  outcome: 'drained' | 'stalled' | 'late' | 'unsettled';
  /** What was still under way, or that nothing was. */
  reason: string;
  waitedMs: number;
}

/** A pause is followed by the wait before the next try, on a machine that may be slow. */
const afterPauseMs = 3000;

/**
 * How long open work must lie still to count as stalled: longer than the longest pause that a sound service makes while
 * it has work, which follows from its settings.
 */
export const stallMsOf = (settings: Readonly<Record<string, unknown>>): number => {
  const setting = (name: string, otherwise: number): number => Number(settings[name] ?? otherwise);
  const pausesMs = [
    // A lost task is taken up again once its lease has ended; leases are looked at each second.
    setting('taskLeaseSeconds', 10) * 1000 + 1000,
    // An idle worker that missed its notification looks for work by itself, up to 20 % later than stated.
    setting('workerPollMs', 5000) * 1.2,
    // A query whose answer never comes is given up.
    setting('queryTimeoutMillis', 15_000),
    // A crawl that is never answered is given up.
    setting('crawlTimeoutMs', 10_000),
  ];
  return afterPauseMs + Math.max(...pausesMs);
};

/** Sessions of clients that run something, and not the harness's own. */
const activeSessions = `
  SELECT count(*)::int AS count FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND datname = current_database()
    AND coalesce(application_name, '') NOT LIKE 'pgsurge-%'
    AND (state IN ('idle in transaction', 'idle in transaction (aborted)')
      OR (state = 'active' AND wait_event_type IS DISTINCT FROM 'Client'))
    AND now() - coalesce(xact_start, query_start) > interval '200 milliseconds'`;

/**
 * What is open, and a mark that changes whenever a task moves or an event is written or delivered. Renewed leases and
 * dispatched schedules do not change it: they go on even where no work gets done.
 */
const openWork = `
  SELECT jobs, events,
    concat_ws(' ', jobs, events, (SELECT max(id) FROM task_transitions), (SELECT max(id) FROM outbox),
      (SELECT max(id) FROM outbox_deliveries)) AS mark
  FROM (SELECT count(*)::int AS jobs FROM jobs WHERE status IN ('queued', 'running')) AS open_jobs,
       (SELECT count(*)::int AS events FROM outbox WHERE delivered_at IS NULL) AS open_events`;

interface UnderWay {
  sessions: number;
  jobs: number;
  events: number;
  mark: string;
  poolers: number;
  lost: string | null;
}

const consoleLimits = { connectMs: 2000, answerMs: 2000 };

/** Server connections at work and clients that wait for one. Of sessions that were lent, Postgres says who works. */
const poolerWork = async (
  { product, adminUrl }: SettleOptions['poolers'][number],
  poolMode: SettleOptions['poolMode'],
): Promise<number> => {
  const console = consoleAt(product, { url: adminUrl, application: 'pgsurge-settle', limits: consoleLimits });
  const pools = await console.pools();
  const atWork = ({ servers }: PoolerPool): number => (poolMode === 'session' ? 0 : servers.active);
  return pools.reduce((total, pool) => total + atWork(pool) + pool.clients.waiting, 0);
};

const look = async ({ query, poolers, poolMode }: SettleOptions): Promise<UnderWay> => {
  const seen: UnderWay = { sessions: 0, jobs: 0, events: 0, mark: '', poolers: 0, lost: null };
  try {
    const [[sessions], [work]] = [
      await query<{ count: number }>(activeSessions),
      await query<{ jobs: number; events: number; mark: string }>(openWork),
    ];
    Object.assign(seen, { sessions: sessions?.count ?? 0, ...work });
    const counts = await Promise.all(poolers.map((pooler) => poolerWork(pooler, poolMode)));
    seen.poolers = counts.reduce((total, count) => total + count, 0);
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

/** How often the gate looks. */
const everyMs = 150;

const openOf = ({ jobs, events }: UnderWay): number => jobs + events;

/** How quickly what was open has become less, and how much longer it would take at that pace. */
const paceWords = (openAtFirst: number, open: number, waitedMs: number): string => {
  const drained = openAtFirst - open;
  if (drained <= 0) return `${openAtFirst} were open when the load had ended, and they have not become fewer`;
  const perSecond = drained / (waitedMs / 1000);
  const more = open / perSecond;
  return (
    `of ${openAtFirst} open when the load had ended ${perSecond.toFixed(1)} ended each second, ` +
    `so ${more.toFixed(0)} s more are needed`
  );
};

interface Progress {
  openAtFirst: number;
  movedAtMs: number;
  waitedMs: number;
}

/**
 * What the gate says once its limit is over: open work still moves and so is late, has stalled, or cannot be seen. Null
 * where it is too early to tell a stall from a pause, so that the gate looks again.
 */
const atLimit = (
  seen: UnderWay,
  { limitMs, stallMs }: SettleOptions,
  { openAtFirst, movedAtMs, waitedMs }: Progress,
): Omit<Settled, 'waitedMs'> | null => {
  if (words(seen) === '') return null;
  const what = `after ${(waitedMs / 1000).toFixed(0)} s: ${words(seen)}`;
  if (seen.lost !== null || openOf(seen) === 0) return { outcome: 'unsettled', reason: what };
  if (movedAtMs >= limitMs) {
    const pace = paceWords(openAtFirst, openOf(seen), waitedMs);
    return { outcome: 'late', reason: `${what}, and work still moves: ${pace}` };
  }
  const stillMs = waitedMs - movedAtMs;
  if (stillMs < stallMs) return null;
  return { outcome: 'stalled', reason: `${what}, and nothing has moved for ${(stillMs / 1000).toFixed(0)} s` };
};

/**
 * Waits until two looks in a row see nothing under way. Once the limit has passed it waits only until it is known
 * whether the open work still moves. It never throws: where it cannot look, the outcome is `unsettled`, with the
 * reason.
 */
export const settle = async (options: SettleOptions): Promise<Settled> => {
  const startedAt = performance.now();
  let quietLooks = 0;
  let mark = '';
  let movedAtMs = 0;
  let openAtFirst: number | null = null;
  for (;;) {
    const seen = await look(options);
    const waitedMs = Math.round(performance.now() - startedAt);
    if (seen.mark !== mark) [mark, movedAtMs] = [seen.mark, waitedMs];
    if (seen.lost === null) openAtFirst ??= openOf(seen);
    quietLooks = words(seen) === '' ? quietLooks + 1 : 0;
    if (quietLooks >= 2) return { outcome: 'drained', reason: 'nothing is under way', waitedMs };
    if (options.signal?.aborted === true) return { outcome: 'unsettled', reason: 'the run was stopped', waitedMs };
    const progress = { openAtFirst: openAtFirst ?? 0, movedAtMs, waitedMs };
    const over = waitedMs >= options.limitMs ? atLimit(seen, options, progress) : null;
    if (over !== null) return { ...over, waitedMs };
    await sleep(waitedMs < options.limitMs ? Math.min(everyMs, options.limitMs - waitedMs) : everyMs);
  }
};
