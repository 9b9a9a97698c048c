/** Tasks that were left open by a job that has ended: nobody will ever work on them, so they fail, with the reason. */
import type { Context } from '../context.ts';

const batch = 1000;

/** What a worker holds is left to it: its lease says so. The lock is that of all who move many tasks at once. */
const failOrphans = `
  WITH held AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(7001) AS ok),
  orphans AS (
    SELECT tasks.id FROM tasks JOIN jobs ON jobs.id = tasks.job_id
    WHERE tasks.status IN ('waiting', 'pending', 'running') AND jobs.status IN ('completed', 'failed')
      AND (tasks.lease_until IS NULL OR tasks.lease_until < clock_timestamp()) AND (SELECT ok FROM held)
    ORDER BY tasks.id LIMIT ${batch} FOR UPDATE OF tasks SKIP LOCKED
  )
  UPDATE tasks SET status = 'failed', finished_at = now(), lease_until = NULL,
    failure_reason = 'orphaned: its job had ended'
  FROM orphans WHERE tasks.id = orphans.id RETURNING tasks.id`;

/** All there are, a batch at a time. */
export const cleanOrphans = async ({ pool, settings, log, stopping }: Context): Promise<void> => {
  if (!settings.orphanCleanup) return;
  let cleaned = 0;
  for (let found = batch; found === batch && !stopping.aborted; cleaned += found)
    found = (await pool.query('clean orphans', failOrphans)).length;
  if (cleaned > 0) log.warn(`cleaned ${cleaned} orphaned tasks, whose jobs had ended`);
};
