/** Starts queued jobs while fewer than `maxRunningJobs` run: the guardrail of seed 000. */
import type { Context } from '../context.ts';
import type { Bell } from '../wait.ts';

const admission = `
  WITH held AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(7001) AS ok),
  free AS (
    SELECT greatest(0, $1 - count(*))::int AS places FROM jobs
    WHERE status = 'running' OR (status = 'queued' AND pending_tasks > 0)
  ),
  chosen AS (
    SELECT id FROM jobs WHERE status = 'queued' AND pending_tasks = 0 AND (SELECT ok FROM held)
    ORDER BY created_at LIMIT (SELECT places FROM free)
  )
  UPDATE tasks SET status = 'pending', waiting_reason = NULL, due_at = now()
  FROM chosen WHERE tasks.job_id = chosen.id AND tasks.status = 'waiting' AND tasks.waiting_reason = 'concurrency_limit'
  RETURNING tasks.id`;

export const admitJobs = async ({ pool, settings }: Context, bell: Bell): Promise<number> => {
  if (settings.maxRunningJobs === 0) return 0;
  const rows = await pool.query('admit', admission, [settings.maxRunningJobs]);
  bell.ring(rows.length);
  return rows.length;
};
