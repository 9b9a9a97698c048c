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
export class ClaimLost extends Abandon {
  override readonly settles = true;
}

const isRoot = (task: ClaimedTask): boolean => task.url.endsWith('/');

/**
 * The first page of a job links to all others. They wait, since a domain is asked only so often.
 * The task's row is locked before the trigger of the new rows locks the job's row. Expired claims are taken back in the
 * same order, or the two could wait for each other.
 */
const discover = async (session: Session, { task, job }: Completion, domainDelayMs: number): Promise<void> => {
  await session.query(
    'insert tasks',
    `
    WITH held AS MATERIALIZED (SELECT id FROM tasks WHERE id = $5 AND status = 'running' FOR UPDATE)
    INSERT INTO tasks (job_id, url, status, priority, due_at, waiting_reason)
    SELECT $1, $2 || 'page-' || page, 'waiting', 0.5, now() + make_interval(secs => page * $3::float8), 'domain_delay'
    FROM held, generate_series(1, $4::int) AS page`,
    [task.jobId, task.url, domainDelayMs / 1000, job.pages - 1, task.id],
  );
};

/** A further page links to the next one, whose priority rises. */
const propagatePriority = async (session: Session, { task }: Completion, skipUnchanged: boolean): Promise<number> => {
  const page = Number(task.url.split('page-')[1]);
  const rows = await session.query<{ changed: number }>(
    'update priority',
    'SELECT raise_priority($1, $2, 0.6, $3) AS changed',
    [task.jobId, task.url.replace(/page-\d+$/, `page-${page + 1}`), skipUnchanged],
  );
  return rows[0]?.changed ?? 0;
};

/**
 * Ends the job when nothing of it is open, writes the event, and gives the job's status.
 * The lock on the job's row keeps its events in order.
 */
export const recordJobEvent = async (session: Session, jobId: string, type: string): Promise<string> => {
  const rows = await session.query<{ status: string }>('job event', 'SELECT record_job_event($1, $2) AS status', [
    jobId,
    type,
  ]);
  return rows[0]?.status ?? '';
};

const completeIf = (condition: string): string => `
  UPDATE tasks SET status = 'completed', finished_at = now(), result = $3, lease_until = NULL
  WHERE id = $1 AND ${condition} RETURNING id`;
const claimHolds = `fence = $2 AND status = 'running'`;
/** Asks nothing, and still mentions the second value. */
const anyClaim = '$2::bigint IS NOT NULL';

/** Writes the effect, the new status and the event. Gives the job's status, or null where the claim holds no more. */
const finish = async (context: Context, session: Session, completion: Completion): Promise<string | null> => {
  const { settings } = context;
  if (settings.noStateGuard || settings.effectOutsideTransaction)
    return finishDefectively(context, session, completion);
  const { task, result } = completion;
  const statement = 'SELECT complete_task($1, $2, $3) AS status';
  const values = [task.id, task.fence, result];
  const rows = await session.query<{ status: string | null }>('complete', statement, values);
  return rows[0]?.status ?? null;
};

/** Seeded defects: no guard, or an effect that was written before and in a transaction of its own. */
const finishDefectively = async (
  { settings }: Context,
  session: Session,
  { task, result }: Completion,
): Promise<string | null> => {
  const statement = completeIf(settings.noStateGuard ? anyClaim : claimHolds);
  const rows = await session.query('complete', statement, [task.id, task.fence, result]);
  if (rows.length === 0) return null;
  if (!settings.effectOutsideTransaction) await writeEffect(session, task);
  return recordJobEvent(session, task.jobId, 'task.completed');
};

export const writeEffect = async (session: Pick<Session, 'query'>, task: ClaimedTask): Promise<void> => {
  await session.query('effect', 'INSERT INTO task_effects (task_id, fence) VALUES ($1, $2)', [task.id, task.fence]);
};

const readCounter = async (session: Session, jobId: string): Promise<number> => {
  const rows = await session.query<{ completed_tasks: number }>(
    'read counter',
    'SELECT completed_tasks FROM jobs WHERE id = $1',
    [jobId],
  );
  return rows[0]?.completed_tasks ?? 0;
};

const writeCounter = async (session: Session, jobId: string, counter: number): Promise<void> => {
  await session.query('write counter', 'UPDATE jobs SET completed_tasks = $2 WHERE id = $1', [jobId, counter]);
};

/** The statements of a completion, within a transaction that the caller opened. True when the job is over. */
export const writeCompletion = async (
  context: Context,
  session: Session,
  completion: Completion,
  priorityChanges: (changed: number) => void,
): Promise<boolean> => {
  const { settings } = context;
  const { task, job } = completion;
  const counter = settings.counterReadModifyWrite ? await readCounter(session, task.jobId) : 0;
  if (isRoot(task) && job.pages > 1) await discover(session, completion, settings.domainDelayMs);
  if (!isRoot(task))
    priorityChanges(await propagatePriority(session, completion, settings.priorityMode === 'no-op-detection'));
  const status = await finish(context, session, completion);
  if (status === null) throw new ClaimLost(`the claim with fence ${task.fence} was lost`);
  if (settings.effectTwiceEveryN > 0 && completion.number % settings.effectTwiceEveryN === 0)
    await writeEffect(session, task);
  if (settings.counterReadModifyWrite) await writeCounter(session, task.jobId, counter + 1);
  return status !== 'running';
};
