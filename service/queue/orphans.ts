/** Tasks that were left open by a job that has ended: nobody will ever work on them, so they fail, with the reason. */
import type { Context } from '../context.ts';
import { pause } from '../wait.ts';

const batch = 1000;
const againMs = 100;

/** What a worker holds is left to it: its lease says so. The lock is that of all who move many tasks at once. */
const failOrphans = `
  WITH held AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(7001) AS ok),
  orphans AS (
    SELECT tasks.id FROM tasks JOIN jobs ON jobs.id = tasks.job_id
    WHERE tasks.status IN ('waiting', 'pending', 'running') AND jobs.status IN ('completed', 'failed')
      AND (tasks.lease_until IS NULL OR tasks.lease_until < clock_timestamp()) AND (SELECT ok FROM held)
    ORDER BY tasks.id LIMIT ${batch} FOR UPDATE OF tasks SKIP LOCKED
  ),
  moved AS (
    UPDATE tasks SET status = 'failed', finished_at = now(), lease_until = NULL,
      failure_reason = 'orphaned: its job had ended'
    FROM orphans WHERE tasks.id = orphans.id RETURNING tasks.id
  )
  SELECT (SELECT ok FROM held) AS held, (SELECT count(*)::int FROM moved) AS moved`;

type Batch = { held: boolean; moved: number };

/** All there are, a batch at a time. While somebody else moves tasks none is found, and some may be left. */
export const cleanOrphans = async ({ pool, settings, log, stopping }: Context): Promise<void> => {
  if (!settings.orphanCleanup) return;
  let cleaned = 0;
  let isDone = false;
  while (!isDone && !stopping.aborted) {
    const { held, moved } = (await pool.query<Batch>('clean orphans', failOrphans))[0]!;
    cleaned += moved;
    isDone = held && moved < batch;
    if (!held) await pause(againMs, stopping);
  }
  if (cleaned > 0) log.warn(`cleaned ${cleaned} orphaned tasks, whose jobs had ended`);
};
