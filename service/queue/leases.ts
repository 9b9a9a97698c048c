/** Keeps the leases of this replica's running tasks, and takes back those that others let run out. */
import type { Context } from '../context.ts';
import type { Bell } from '../wait.ts';
import type { ClaimedTask } from './claim.ts';
import { recordJobEvent } from './complete.ts';

/**
 * Renews the lease of each task that is still ours; one statement for all. A task that is being completed right now
 * needs no longer lease, and is left out: waiting for its row would keep those locked that were renewed before it, and
 * their completions would wait for this statement in turn (at thirty busy workers half of the calls took 126 ms).
 */
export const heartbeat = async ({ pool, settings }: Context, running: Iterable<ClaimedTask>): Promise<void> => {
  const tasks = [...running];
  if (tasks.length === 0) return;
  await pool.query(
    'heartbeat',
    `
    UPDATE tasks SET heartbeat_at = now(), lease_until = clock_timestamp() + make_interval(secs => $3)
    FROM (
      SELECT held.id FROM unnest($1::bigint[], $2::bigint[]) AS mine (id, fence)
      JOIN tasks AS held ON held.id = mine.id AND held.fence = mine.fence AND held.status = 'running'
      FOR NO KEY UPDATE OF held SKIP LOCKED
    ) AS free
    WHERE tasks.id = free.id`,
    [tasks.map(({ id }) => id), tasks.map(({ fence }) => fence), settings.taskLeaseSeconds],
  );
};

const reclaimStatement = `
  WITH held AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(7001) AS ok),
  expired AS (
    SELECT id FROM tasks WHERE status = 'running' AND lease_until < clock_timestamp() AND attempts < $1
      -- Of a job that has ended nothing is to be done any more: the clean-up fails it.
      AND EXISTS (SELECT 1 FROM jobs WHERE jobs.id = tasks.job_id AND jobs.status IN ('queued', 'running'))
      AND (SELECT ok FROM held) LIMIT 200 FOR UPDATE SKIP LOCKED
  )
  UPDATE tasks SET status = 'pending', claimed_by = NULL, lease_until = NULL FROM expired WHERE tasks.id = expired.id
  RETURNING tasks.id`;

/** Tasks whose lease ran out become pending again. Their old fence stays behind: a late completion is refused. */
export const reclaimExpired = async ({ pool, settings, log }: Context, bell: Bell): Promise<number> => {
  if (settings.noRescue) return 0;
  const rows = await pool.query<{ id: string }>('reclaim', reclaimStatement, [settings.maxAttempts]);
  if (rows.length > 0) {
    const some = rows.slice(0, 5).map(({ id }) => id);
    log.warn(`took back ${rows.length} tasks whose lease ran out: ${some.join(', ')}`);
    bell.ring(rows.length);
  }
  return rows.length;
};

const exhaustedStatement = `
  SELECT id, job_id FROM tasks
  WHERE status = 'running' AND lease_until < clock_timestamp() AND attempts >= $1 LIMIT 20`;

const failStatement = `
  UPDATE tasks SET status = 'failed', finished_at = now(), lease_until = NULL,
    failure_reason = 'given up after ' || attempts || ' attempts'
  WHERE id = $1 AND status = 'running' AND lease_until < clock_timestamp() RETURNING id`;

/** Tasks that used up their attempts fail for good, with the reason on them. */
export const failExhausted = async ({ pool, settings, log }: Context): Promise<void> => {
  if (settings.noRescue) return;
  const limit = [settings.maxAttempts];
  const open = await pool.query<{ id: string; job_id: string }>('exhausted', exhaustedStatement, limit);
  for (const { id, job_id: jobId } of open) {
    await pool.transaction('fail task', async (session) => {
      const failed = await session.query('fail task', failStatement, [id]);
      if (failed.length > 0) await recordJobEvent(session, jobId, 'task.failed');
    });
    log.error(`task ${id} of job ${jobId}: given up after ${settings.maxAttempts} attempts`);
  }
};
