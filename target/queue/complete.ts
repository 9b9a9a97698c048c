/**
 * The completion of a task: its effect, its status, the tasks it discovered, its job's end and
 * the event about it, in one transaction, guarded by the claim's fencing token.
 */
import { Abandon, type Session } from '../app-pool.ts';
import type { Context } from '../context.ts';
import type { ClaimedTask } from './claim.ts';
import type { JobInfo } from './job-cache.ts';

export interface Completion {
  task: ClaimedTask;
  job: JobInfo;
  result: string;
  /** Counts the completions of this replica, for the plants that act on every Nth. */
  number: number;
}

/** Somebody else holds the task, or it is done already: this worker's work is void. */
export class ClaimLost extends Abandon {}

const isRoot = (task: ClaimedTask): boolean => task.url.endsWith('/');

/** The first page of a job links to all others; they wait, since a domain is asked only so often. */
const discover = async (session: Session, { task, job }: Completion, domainDelayMs: number): Promise<void> => {
  await session.query('insert tasks', `
    INSERT INTO tasks (job_id, url, status, priority, due_at, waiting_reason)
    SELECT $1, $2 || 'page-' || page, 'waiting', 0.4, now() + make_interval(secs => page * $3::float8), 'domain_delay'
    FROM generate_series(1, $4::int) AS page`, [task.jobId, task.url, domainDelayMs / 1000, job.pages - 1]);
};

/** A further page links to the next one, whose priority rises. */
const propagatePriority = async (session: Session, { task }: Completion, each: boolean): Promise<number> => {
  const page = Number(task.url.split('page-')[1]);
  const rows = await session.query('update priority', `
    UPDATE tasks SET priority = 0.6
    WHERE job_id = $1 AND url = $2 AND status IN ('waiting', 'pending') ${each ? '' : 'AND priority < 0.6'} RETURNING id`,
  [task.jobId, task.url.replace(/page-\d+$/, `page-${page + 1}`)]);
  return rows.length;
};

const guarded = `
  WITH done AS (
    UPDATE tasks SET status = 'completed', finished_at = now(), result = $3, lease_until = NULL
    WHERE id = $1 AND fence = $2 AND status = 'running' RETURNING id
  )`;
const unguarded = `
  WITH done AS (
    UPDATE tasks SET status = 'completed', finished_at = now(), result = $3, lease_until = NULL
    WHERE id = $1 AND ($2::bigint IS NOT NULL) RETURNING id
  )`;
const effect = 'INSERT INTO task_effects (task_id, fence) SELECT id, $2 FROM done RETURNING task_id';

/** Ends the job when nothing of it is open, and writes the event; the job's row lock orders its events. */
export const jobEvent = `
  WITH job AS (
    UPDATE jobs SET event_sequence = event_sequence + 1,
      status = CASE WHEN waiting_tasks + pending_tasks + running_tasks > 0 OR status IN ('completed', 'failed') THEN status
                    WHEN failed_tasks > 0 THEN 'failed' ELSE 'completed' END,
      error_message = CASE WHEN waiting_tasks + pending_tasks + running_tasks = 0 AND failed_tasks > 0
                           THEN coalesce(error_message, failed_tasks || ' of ' || total_tasks || ' pages failed') ELSE error_message END,
      finished_at = CASE WHEN waiting_tasks + pending_tasks + running_tasks = 0 THEN coalesce(finished_at, now()) END
    WHERE id = $1 RETURNING id, event_sequence, status
  )
  INSERT INTO outbox (key, sequence, payload)
  SELECT id::text, event_sequence, json_build_object('type', $2::text, 'job', id, 'status', status)::text FROM job
  RETURNING payload::json->>'status' AS status`;

const readCounter = async (session: Session, jobId: string): Promise<number> => {
  const rows = await session.query<{ completed_tasks: number }>('read counter', 'SELECT completed_tasks FROM jobs WHERE id = $1', [jobId]);
  return rows[0]?.completed_tasks ?? 0;
};

/** The statements of a completion, within a transaction that the caller opened. True when the job is over. */
export const writeCompletion = async ({ settings }: Context, session: Session, completion: Completion, priorityChanges: (changed: number) => void): Promise<boolean> => {
  const { task, job } = completion;
  const counter = settings.counterReadModifyWrite ? await readCounter(session, task.jobId) : 0;
  if (isRoot(task) && job.pages > 1) await discover(session, completion, settings.domainDelayMs);
  else if (!isRoot(task)) priorityChanges(await propagatePriority(session, completion, settings.priorityMode === 'each-link'));
  const values = [task.id, task.fence, completion.result];
  const update = settings.noStateGuard ? unguarded : guarded;
  const wrote = settings.effectOutsideTransaction
    ? await session.query('complete', `${update} SELECT id FROM done`, values.slice(0, 3))
    : await session.query('complete', `${update} ${effect}`, values);
  if (wrote.length === 0) throw new ClaimLost(`task ${task.id}: the claim with fence ${task.fence} was lost`);
  if (settings.effectTwiceEveryN > 0 && completion.number % settings.effectTwiceEveryN === 0) {
    await session.query('effect', 'INSERT INTO task_effects (task_id, fence) VALUES ($1, $2)', [task.id, task.fence]);
  }
  if (settings.counterReadModifyWrite) {
    await session.query('write counter', 'UPDATE jobs SET completed_tasks = $2 WHERE id = $1', [task.jobId, counter + 1]);
  }
  const rows = await session.query<{ status: string }>('job event', jobEvent, [task.jobId, 'task.completed']);
  return rows[0]?.status !== 'running';
};
