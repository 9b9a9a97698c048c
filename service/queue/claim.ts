import type { Context } from '../context.ts';
import type { JobCache } from './job-cache.ts';
import { reasonOn } from './stuck.ts';

export interface ClaimedTask {
  id: string;
  jobId: string;
  url: string;
  attempts: number;
  /** Fencing token of this claim. */
  fence: string;
  /** Seconds from its due time to now, by the database's clock. */
  dueToStartSeconds: number;
}

interface ClaimRow extends Record<string, unknown> {
  id: string;
  job_id: string;
  url: string;
  attempts: number;
  fence: string;
  late: number;
}

const taskOf = (row: ClaimRow): ClaimedTask => ({
  id: row.id,
  jobId: row.job_id,
  url: row.url,
  attempts: row.attempts,
  fence: row.fence,
  dueToStartSeconds: Math.max(0, row.late),
});

const take = `
  UPDATE tasks SET status = 'running', fence = fence + 1, attempts = attempts + 1,
    claimed_by = $1, waiting_reason = NULL,
    lease_until = clock_timestamp() + make_interval(secs => $2), heartbeat_at = now(), started_at = now()
  WHERE id = $3 AND status IN ('pending', 'running')
  RETURNING id, job_id, url, attempts, fence, extract(epoch FROM clock_timestamp() - due_at)::float8 AS late`;

/** Seeded defect: choose, then take, and nothing holds the row in between. */
const claimWithoutLock = async ({ pool, settings }: Context, worker: string): Promise<ClaimedTask | null> => {
  const chosen = await pool.query<{ id: string }>(
    'choose',
    `SELECT id FROM tasks WHERE status = 'pending' ORDER BY priority DESC, id LIMIT 1`,
  );
  if (chosen[0] === undefined) return null;
  const rows = await pool.query<ClaimRow>('claim', take, [worker, settings.taskLeaseSeconds, chosen[0].id]);
  return rows[0] === undefined ? null : taskOf(rows[0]);
};

const claimStatement = 'SELECT * FROM claim_task($1, $2)';

/**
 * The claim's connection, and with it the job's row, is kept while a second connection reads the job: enough such
 * claims starve each other.
 */
const claimInTransaction = (context: Context, cache: JobCache, worker: string): Promise<ClaimedTask | null> =>
  context.pool.transaction('claim', async (session) => {
    const rows = await session.query<ClaimRow>('claim', claimStatement, [worker, context.settings.taskLeaseSeconds]);
    if (rows[0] === undefined) return null;
    const task = taskOf(rows[0]);
    await cache.get(task.jobId);
    return task;
  });

/** Takes the next pending task, or null. One statement: no connection is held while the task crawls. */
export const claimTask = async (context: Context, cache: JobCache, worker: string): Promise<ClaimedTask | null> => {
  if (context.settings.claimWithoutLock) return claimWithoutLock(context, worker);
  if (context.settings.claimMode === 'transaction') return claimInTransaction(context, cache, worker);
  const { taskLeaseSeconds, jobConcurrency } = context.settings;
  const [statement, values] =
    jobConcurrency === 0
      ? ['SELECT * FROM claim_task($1, $2)', [worker, taskLeaseSeconds]]
      : ['SELECT * FROM claim_task_within($1, $2, $3)', [worker, taskLeaseSeconds, jobConcurrency]];
  const rows = await context.pool.query<ClaimRow>('claim', statement, values);
  return rows[0] === undefined ? null : taskOf(rows[0]);
};

/**
 * Gives a claim back unfinished, for another worker. The name of the last one stays on the task.
 * Does nothing if the claim was lost meanwhile.
 */
export const releaseClaim = async ({ pool }: Context, task: ClaimedTask): Promise<void> => {
  await pool.query(
    'release claim',
    `
    UPDATE tasks SET status = 'pending', lease_until = NULL
    WHERE id = $1 AND fence = $2 AND status = 'running'`,
    [task.id, task.fence],
  );
};

/** The crawl failed and may succeed later: the task waits for another try. */
export const postponeTask = async ({ pool, settings }: Context, task: ClaimedTask, delayMs: number): Promise<void> => {
  await pool.query(
    'postpone task',
    `
    UPDATE tasks SET status = 'waiting', lease_until = NULL, waiting_reason = $4,
      due_at = now() + make_interval(secs => $3)
    WHERE id = $1 AND fence = $2 AND status = 'running'`,
    [task.id, task.fence, delayMs / 1000, reasonOn(settings, 'crawl_failed')],
  );
};
