/**
 * The completion of a task: the page it brought, the tasks it discovered, its status, its effect, its job's end and the
 * event about it, in one transaction, guarded by the claim's fencing token. A statement for each, as a service writes
 * them: each is a round trip to the database, for which the connection is held. Only what belongs together in any case
 * is one: the status with its effect, a job's move with the message about it.
 */
import { createHash } from 'node:crypto';
import { Abandon, type Session } from '../app-pool.ts';
import type { Context } from '../context.ts';
import type { ClaimedTask } from './claim.ts';
import type { Page } from '../partner/site.ts';
import type { Settings } from '../settings.ts';
import { findDuplicate } from './duplicates.ts';
import type { JobInfo } from './job-cache.ts';
import type { KnownLinks, Priorities } from './priorities.ts';
import { reasonOn } from './stuck.ts';

export interface Completion {
  task: ClaimedTask;
  job: JobInfo;
  page: Page;
  result: string;
  /** Counts the completions of this replica, for the plants that act on every Nth. */
  number: number;
}

/** Somebody else holds the task, or it is done already: this worker's work is void. */
export class ClaimLost extends Abandon {
  override readonly settles = true;
}

/** Holds the task's row until the transaction ends, so that nobody takes the claim meanwhile. */
const holdClaim = async (session: Session, { id, fence }: ClaimedTask): Promise<boolean> => {
  const statement = 'SELECT hold_claim($1, $2) AS held';
  const rows = await session.query<{ held: boolean }>('hold claim', statement, [id, fence]);
  return rows[0]?.held === true;
};

const storePage = async (settings: Settings, session: Session, { task, page }: Completion): Promise<void> => {
  const hash = createHash('sha256').update(page.text).digest();
  const duplicateOf = await findDuplicate(settings, session, task, hash);
  const values = [task.id, task.jobId, task.url, page.title, hash, page.text.length, duplicateOf];
  await session.query('store page', 'SELECT store_page($1, $2, $3, $4, $5, $6, $7)', values);
};

/** Those of the page's links that are tasks of the job already. */
const knownLinks = async (session: Session, { task, page }: Completion): Promise<KnownLinks> => {
  const statement = 'SELECT * FROM known_links($1, $2)';
  const rows = await session.query<{ url: string; priority: number }>('known links', statement, [
    task.jobId,
    page.links,
  ]);
  return new Map(rows.map(({ url, priority }) => [url, priority]));
};

/**
 * New links wait, since a domain is asked only so often.
 * The task's row is locked before the trigger of the new rows locks the job's row. Expired claims are taken back in the
 * same order, or the two could wait for each other.
 */
const insertLinks = async (
  session: Session,
  { task }: Completion,
  links: readonly string[],
  delayMs: number,
  reason: string | null,
): Promise<void> => {
  const values = [task.jobId, delayMs / 1000, links, task.id, reason];
  await session.query('insert tasks', 'SELECT insert_links($1, $2, $3, $4, $5)', values);
};

const enqueue = async (
  session: Session,
  completion: Completion,
  links: readonly string[],
  settings: Settings,
): Promise<void> => {
  const { enqueueMode, domainDelayMs } = settings;
  const reason = reasonOn(settings, 'domain_delay');
  if (links.length === 0) return;
  if (enqueueMode === 'batch') return insertLinks(session, completion, links, domainDelayMs, reason);
  for (const [index, link] of links.entries())
    await insertLinks(session, completion, [link], (index + 1) * domainDelayMs, reason);
};

/** New links become tasks; the others rise in priority, here or once this is committed. Gives those that were known. */
const followLinks = async (
  { settings }: Context,
  session: Session,
  completion: Completion,
  priorities: Priorities,
): Promise<KnownLinks> => {
  const { task, page } = completion;
  if (page.links.length === 0) return new Map();
  const known = await knownLinks(session, completion);
  const unknown = page.links.filter((link) => !known.has(link));
  await enqueue(session, completion, unknown, settings);
  await priorities.raise(session, task.jobId, page.links, known);
  return known;
};

/** The job's next event, and its end where nothing of it is open any more; gives its status. */
export const recordJobEvent = async (session: Session, jobId: string, type: string): Promise<string> => {
  const statement = 'SELECT record_job_event($1, $2) AS status';
  const rows = await session.query<{ status: string }>('job event', statement, [jobId, type]);
  return rows[0]?.status ?? '';
};

/** Seeded defect: no guard. It asks nothing of the fence. */
const completeUnguarded = async (
  session: Session,
  { task, result }: Completion,
  withEffect: boolean,
): Promise<boolean> => {
  const statement = `
    UPDATE tasks SET status = 'completed', finished_at = now(), result = $2, lease_until = NULL
    WHERE id = $1 RETURNING id`;
  const rows = await session.query('complete', statement, [task.id, result]);
  if (rows.length > 0 && withEffect) await writeEffect(session, task);
  return rows.length > 0;
};

/** Writes the new status and the effect; false where the claim holds no more. */
const completeGuarded = async (
  session: Session,
  { task, result }: Completion,
  withEffect: boolean,
): Promise<boolean> => {
  const statement = 'SELECT complete_task($1, $2, $3, $4) AS completed';
  const values = [task.id, task.fence, result, withEffect];
  const rows = await session.query<{ completed: boolean }>('complete', statement, values);
  return rows[0]?.completed === true;
};

/** Writes the effect, the new status and the event. Gives the job's status, or null where the claim holds no more. */
const finish = async ({ settings }: Context, session: Session, completion: Completion): Promise<string | null> => {
  const complete = settings.noStateGuard ? completeUnguarded : completeGuarded;
  // Seeded defect: the effect was written before, in a transaction of its own.
  const completed = await complete(session, completion, !settings.effectOutsideTransaction);
  return completed ? recordJobEvent(session, completion.task.jobId, 'task.completed') : null;
};

export const writeEffect = async (session: Pick<Session, 'query'>, task: ClaimedTask): Promise<void> => {
  await session.query('effect', 'SELECT write_effect($1, $2)', [task.id, task.fence]);
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

/** What a completion did to its job: whether it is over, and what its page linked to. */
export interface Completed {
  over: boolean;
  links: readonly string[];
  /** Those of the links that were tasks already; the others became tasks. */
  known: KnownLinks;
  /** When its transaction began, from which the database counts the due times of what was discovered. */
  begunMs: number;
}

/** The statements of a completion, within a transaction that the caller opened. */
export const writeCompletion = async (
  context: Context,
  session: Session,
  completion: Completion,
  priorities: Priorities,
): Promise<Completed> => {
  const begunMs = performance.now();
  const { settings } = context;
  const { task } = completion;
  const lost = (): ClaimLost => new ClaimLost(`the claim with fence ${task.fence} was lost`);
  if (!settings.noStateGuard && !(await holdClaim(session, task))) throw lost();
  const counter = settings.counterReadModifyWrite ? await readCounter(session, task.jobId) : 0;
  await storePage(settings, session, completion);
  const known = await followLinks(context, session, completion, priorities);
  const status = await finish(context, session, completion);
  if (status === null) throw lost();
  if (settings.effectTwiceEveryN > 0 && completion.number % settings.effectTwiceEveryN === 0)
    await writeEffect(session, task);
  if (settings.counterReadModifyWrite) await writeCounter(session, task.jobId, counter + 1);
  return { over: status !== 'running', links: completion.page.links, known, begunMs };
};

/** The site refused the page: the task fails for good, with the reason on it. */
export const failTask = async (session: Session, task: ClaimedTask, reason: string): Promise<boolean> => {
  const rows = await session.query(
    'fail task',
    `UPDATE tasks SET status = 'failed', finished_at = now(), failure_reason = $3, lease_until = NULL
    WHERE id = $1 AND fence = $2 AND status = 'running' RETURNING id`,
    [task.id, task.fence, reason],
  );
  if (rows.length === 0) throw new ClaimLost(`the claim with fence ${task.fence} was lost`);
  return (await recordJobEvent(session, task.jobId, 'task.failed')) !== 'running';
};
