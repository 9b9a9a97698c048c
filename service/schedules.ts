/**
 * The schedule manager of seed 004: schedules are rows, registered at each start; a pass dispatches the
 * ticks that fall due within the lookahead. Ticks missed while nothing ran are skipped.
 */
import type { Context } from './context.ts';
import { messageOf } from './log.ts';
import type { Tally } from './metrics.ts';
import { pause } from './wait.ts';

const memoBatchCheck = 'memo.batch-check';

const registerStatement = `
  INSERT INTO cron_schedules (queue_name, workspace_id, interval_seconds, payload, next_tick_at)
  VALUES ($1, $2, $3, $4, now() + make_interval(secs => $3::int))
  ON CONFLICT (queue_name, workspace_id)
  DO UPDATE SET interval_seconds = EXCLUDED.interval_seconds, payload = EXCLUDED.payload`;

/** The seed's signature: a workspace passed as data leaves `workspaceId` NULL, and no type says so. */
const schedule = async (
  { pool, settings }: Context,
  queueName: string,
  intervalSeconds: number,
  data: Record<string, string>,
  workspaceId: string | null = null,
): Promise<void> => {
  const workspace = settings.scheduleConstraint === 'sentinel' ? (workspaceId ?? '_system_') : workspaceId;
  const values = [queueName, workspace, Math.round(intervalSeconds), JSON.stringify(data)];
  await pool.query('register schedule', registerStatement, values);
};

/** What the service does at each start. */
export const registerSchedules = async (context: Context): Promise<void> => {
  const { scheduleIntervalSeconds, scheduleCall } = context.settings;
  if (scheduleCall === 'workspace-in-payload') {
    await schedule(context, memoBatchCheck, scheduleIntervalSeconds, { workspaceId: 'system' });
  } else {
    await schedule(context, memoBatchCheck, scheduleIntervalSeconds, {}, 'system');
  }
};

/**
 * Any number of replicas may do this: each schedule's row is locked while its ticks are made,
 * and (schedule_id, due_at) is unique.
 */
const dispatchDue = `
  WITH open AS (
    SELECT id, queue_name, interval_seconds,
      next_tick_at + make_interval(
        secs => interval_seconds * greatest(0, ceil(extract(epoch FROM now() - next_tick_at) / interval_seconds))
      ) AS first
    FROM cron_schedules WHERE next_tick_at <= now() + make_interval(secs => $1) FOR UPDATE SKIP LOCKED
  ),
  due AS (
    SELECT open.id, queue_name, at FROM open,
      generate_series(open.first, now() + make_interval(secs => $1), make_interval(secs => open.interval_seconds)) AS at
  ),
  moved AS (
    UPDATE cron_schedules SET next_tick_at = last.at + make_interval(secs => interval_seconds)
    FROM (SELECT id, max(at) AS at FROM due GROUP BY id) AS last WHERE cron_schedules.id = last.id
  )
  INSERT INTO schedule_ticks (schedule_id, queue_name, due_at, dispatched_by)
  SELECT id, queue_name, at, $2 FROM due ORDER BY at
  ON CONFLICT DO NOTHING RETURNING queue_name`;

type ScheduleRow = {
  id: string;
  queue_name: string;
  interval_seconds: number;
  /** Seconds since the epoch: when the schedule was made, and the end of the lookahead. */
  first: number;
  until: number;
};

const schedulesStatement = `
  SELECT id, queue_name, interval_seconds, extract(epoch FROM created_at)::float8 AS first,
    extract(epoch FROM now())::float8 + $1 AS until
  FROM cron_schedules`;

const tickStatement = `
  INSERT INTO schedule_ticks (schedule_id, queue_name, due_at, dispatched_by)
  VALUES ($1, $2, to_timestamp($3), $4)`;

interface Tick {
  id: string;
  queue_name: string;
  at: number;
}

/** The ticks of one schedule that fall due within the lookahead; `places` remembers where each schedule stands. */
const ticksOf = (row: ScheduleRow, lookaheadSeconds: number, places: Map<string, number>): Tick[] => {
  const { id, queue_name, interval_seconds: interval, first, until } = row;
  const intervalsSoFar = Math.max(1, Math.ceil((until - lookaheadSeconds - first) / interval));
  const start = places.get(id) ?? first + interval * intervalsSoFar;
  const count = Math.max(0, Math.floor((until - start) / interval) + 1);
  places.set(id, start + count * interval);
  return Array.from({ length: count }, (_, tick) => ({ id, queue_name, at: start + tick * interval }));
};

/** Seeded defect: where a schedule stands is kept by each replica for itself. */
const dispatchFromMemory = async (
  { pool, settings: { scheduleLookaheadSeconds: lookahead }, replica }: Context,
  places: Map<string, number>,
): Promise<Tick[]> => {
  const rows = await pool.query<ScheduleRow>('schedules', schedulesStatement, [lookahead]);
  const ticks = rows.flatMap((row) => ticksOf(row, lookahead, places));
  for (const { id, queue_name, at } of ticks) {
    await pool.query('dispatch', tickStatement, [id, queue_name, at, `service-${replica}`]);
  }
  return ticks;
};

/** The job behind a tick: find what there is to process. */
const memoBatch = async ({ pool }: Context): Promise<void> => {
  await pool.query('memo batch', `SELECT id FROM notes ORDER BY id DESC LIMIT 1`);
};

const dispatchPass = async (context: Context, places: Map<string, number>, dispatches: Tally): Promise<void> => {
  const { pool, settings, log, replica, handlers } = context;
  const ticks = settings.scheduleWithoutKey
    ? await dispatchFromMemory(context, places)
    : await pool.query<{ queue_name: string }>('dispatch', dispatchDue, [
        settings.scheduleLookaheadSeconds,
        `service-${replica}`,
      ]);
  const jobs = ticks.map(async ({ queue_name: queue }) => {
    log.info(`Dispatching memo batch process jobs (${queue})`);
    dispatches.add(1, { queue });
    handlers.running += 1;
    await memoBatch(context).catch((error: unknown) => log.error(`${queue}: ${messageOf(error)}`));
    handlers.running -= 1;
  });
  await Promise.all(jobs);
};

/** One pass each interval, the first one interval after the start, until the replica stops. */
export const manageSchedules = async (context: Context): Promise<void> => {
  const { settings, stopping, log, metrics } = context;
  const places = new Map<string, number>();
  const dispatches = metrics.tally('schedule_dispatches', 'Ticks dispatched');
  const startMs = performance.now();
  for (let pass = 1; ; pass += 1) {
    await pause(startMs + pass * settings.scheduleManagerIntervalSeconds * 1000 - performance.now(), stopping);
    if (stopping.aborted) return;
    await dispatchPass(context, places, dispatches).catch((error: unknown) =>
      log.error(`schedule-manager: ${messageOf(error)}`),
    );
  }
};
