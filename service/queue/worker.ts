/** A queue worker: claims a task, crawls its page outside any transaction, completes it. */
import type { Session } from '../app-pool.ts';
import type { Context } from '../context.ts';
import { DatabaseFailure } from '../errors.ts';
import { messageOf } from '../log.ts';
import type { Tally, Timing } from '../metrics.ts';
import { withRetries } from '../retry.ts';
import { asTenant } from '../tenant-limit.ts';
import { pause, type Bell, type Slots } from '../wait.ts';
import { claimTask, postponeTask, releaseClaim, type ClaimedTask } from './claim.ts';
import { ClaimLost, failTask, writeCompletion, writeEffect, type Completed, type Completion } from './complete.ts';
import { CrawlFailed, crawlPage, PageRefused } from './crawl.ts';
import type { JobCache, JobInfo } from './job-cache.ts';
import type { Priorities } from './priorities.ts';
import { afterDueMs, dueDelaysMs } from './timers.ts';
import type { WaitingTasks } from './waiting.ts';

/** What the workers of a replica share. */
export interface Queue {
  bell: Bell;
  slots: Slots;
  cache: JobCache;
  waiting: WaitingTasks;
  running: Map<string, ClaimedTask>;
  claims: Tally;
  completions: Tally;
  priorities: Priorities;
  dueToStart: Timing;
  completed: number;
}

const result = (task: ClaimedTask): string => `200 OK ${task.url}`;

const complete = async (
  context: Context,
  queue: Queue,
  completion: Completion,
  held: Session | null,
): Promise<Completed> => {
  if (held !== null) return writeCompletion(context, held, completion, queue.priorities);
  if (context.settings.effectOutsideTransaction) await writeEffect(context.pool, completion.task);
  return context.pool.transaction('complete', (session) =>
    writeCompletion(context, session, completion, queue.priorities),
  );
};

/** True if this very claim completed already: the answer to an earlier try was lost, not the work. */
const completedByUs = async ({ pool }: Context, { id, fence }: ClaimedTask): Promise<boolean> => {
  const rows = await pool.query(
    'completed',
    `SELECT 1 FROM tasks WHERE id = $1 AND fence = $2 AND status = 'completed'`,
    [id, fence],
  );
  return rows.length > 0;
};

/** Nobody saw what it did: its job is taken to go on, and its links to be new. */
const unseen = ({ page }: Completion): Completed => ({
  over: false,
  links: page.links,
  known: new Map(),
  begunMs: performance.now(),
});

const completeWithRetries = async (context: Context, queue: Queue, completion: Completion): Promise<Completed> => {
  let unknown = false;
  return withRetries(context.settings.writeRetries + 4, context.settings.retryBackoffMs, async () => {
    try {
      if (unknown && context.settings.blindRetry) return await blindly(context, completion);
      return await complete(context, queue, completion, null);
    } catch (error) {
      if (error instanceof DatabaseFailure && error.outcome === 'unknown') unknown = true;
      if (error instanceof ClaimLost && unknown && (await completedByUs(context, completion.task)))
        return unseen(completion);
      throw error;
    }
  });
};

/** Seeded defect: the effect again, without asking whether it happened. */
const blindly = async (context: Context, completion: Completion): Promise<Completed> => {
  const { task, result: text } = completion;
  return context.pool.transaction('complete', async (session) => {
    await writeEffect(session, task);
    await session.query(
      'complete',
      `UPDATE tasks SET status = 'completed', result = $2, finished_at = now() WHERE id = $1`,
      [task.id, text],
    );
    return unseen(completion);
  });
};

/** Plant: the transaction begins before the crawl and is idle while it lasts. */
const crawlInTransaction = async (
  context: Context,
  queue: Queue,
  work: Omit<Completion, 'number' | 'page'>,
): Promise<Completed> =>
  context.pool.transaction('crawl and complete', async (session) => {
    await session.query('job info', 'SELECT pages FROM jobs WHERE id = $1', [work.task.jobId]);
    const page = await crawlPage(context, work.task, work.job.pages);
    if (page === null) throw new CrawlFailed('the replica stops');
    queue.completed += 1;
    return complete(context, queue, { ...work, page, number: queue.completed }, session);
  });

/** What was kept for a job while it ran. */
const jobEnded = async (queue: Queue, jobId: string): Promise<void> => {
  queue.cache.forget(jobId);
  queue.waiting.jobEnded(jobId);
  await queue.priorities.jobEnded(jobId);
};

const runTask = async (context: Context, queue: Queue, task: ClaimedTask): Promise<void> => {
  const job = await queue.cache.get(task.jobId);
  await asTenant(job.tenant, () => crawlAndComplete(context, queue, task, job));
};

/** The page is stored and its task is done. */
export const afterCompletion = async (
  context: Context,
  queue: Queue,
  { jobId }: ClaimedTask,
  { over, links, known, begunMs }: Completed,
): Promise<void> => {
  queue.completions.add(1);
  const discovered = links.filter((link) => !known.has(link)).length;
  const sinceMs = performance.now() - begunMs;
  for (const delayMs of dueDelaysMs(discovered, context.settings.domainDelayMs, sinceMs))
    queue.waiting.dueIn(jobId, delayMs);
  await queue.priorities.committed(jobId, links, known);
  if (over) await jobEnded(queue, jobId);
};

const crawlAndComplete = async (context: Context, queue: Queue, task: ClaimedTask, job: JobInfo): Promise<void> => {
  const work = { task, job, result: result(task) };
  if (context.settings.holdTransactionDuringCrawl)
    return afterCompletion(context, queue, task, await crawlInTransaction(context, queue, work));
  const page = await crawlPage(context, task, job.pages);
  if (page === null) return releaseClaim(context, task);
  queue.completed += 1;
  const completed = await completeWithRetries(context, queue, { ...work, page, number: queue.completed });
  return afterCompletion(context, queue, task, completed);
};

const failForGood = async ({ pool, log }: Context, queue: Queue, task: ClaimedTask, reason: string): Promise<void> => {
  log.warn(`task ${task.id}: ${task.url} failed for good: ${reason}`);
  const over = await pool.transaction('fail task', (session) => failTask(session, task, reason));
  if (over) await jobEnded(queue, task.jobId);
};

/** Doubled with each attempt; a site that is down is not asked again and again. */
const crawlPauseMs = ({ attempts }: ClaimedTask): number => Math.min(10_000, 250 * 2 ** Math.min(attempts, 6));

/** What becomes of a task whose page was not to be had. */
const crawlEnded = async (
  context: Context,
  queue: Queue,
  task: ClaimedTask,
  error: PageRefused | CrawlFailed,
): Promise<void> => {
  if (error instanceof PageRefused) return failForGood(context, queue, task, error.message);
  if (task.attempts >= context.settings.maxAttempts)
    return failForGood(context, queue, task, `given up after ${task.attempts} attempts: ${error.message}`);
  context.log.warn(`task ${task.id}: ${task.url}: ${error.message}; tried again later`);
  const pauseMs = crawlPauseMs(task);
  await postponeTask(context, task, pauseMs);
  queue.waiting.dueIn(task.jobId, pauseMs + afterDueMs);
};

const isCrawlError = (error: unknown): error is PageRefused | CrawlFailed =>
  error instanceof PageRefused || error instanceof CrawlFailed;

const runOrPostpone = async (context: Context, queue: Queue, task: ClaimedTask): Promise<void> => {
  try {
    await runTask(context, queue, task);
  } catch (error) {
    if (!isCrawlError(error)) throw error;
    await crawlEnded(context, queue, task, error);
  }
};

const handle = async (context: Context, queue: Queue, task: ClaimedTask): Promise<void> => {
  queue.claims.add(1);
  queue.dueToStart.record(task.dueToStartSeconds);
  queue.running.set(task.id, task);
  try {
    await runOrPostpone(context, queue, task);
  } catch (error) {
    context.log[error instanceof ClaimLost ? 'warn' : 'error'](`task ${task.id}: ${messageOf(error)}`);
    // Not known to be done: give it back, or let its lease run out where even that fails.
    if (!(error instanceof ClaimLost))
      await releaseClaim(context, task).then(
        () => queue.bell.ring(),
        () => undefined,
      );
  } finally {
    queue.running.delete(task.id);
  }
};

/**
 * Works until the replica stops or the worker is told to leave: claims once for each ring, and now and then without.
 * A failed claim is tried again after a pause.
 */
export const workQueue = async (
  context: Context,
  queue: Queue,
  name: string,
  leave: AbortSignal | null = null,
): Promise<void> => {
  const { settings, stopping, log } = context;
  let failures = 0;
  while (!stopping.aborted && leave?.aborted !== true) {
    await queue.bell.wait(settings.workerPollMs * (0.8 + 0.4 * Math.random()));
    try {
      const task = await queue.slots.run(() =>
        stopping.aborted ? Promise.resolve(null) : claimTask(context, queue.cache, name),
      );
      failures = 0;
      if (task === null) queue.bell.hush();
      else await handle(context, queue, task);
    } catch (error) {
      failures += 1;
      log.error(`${name}: claim failed: ${messageOf(error)}`);
      await pause(
        Math.min(2000, settings.retryBackoffMs * 2 ** Math.min(failures, 6)) * (0.5 + Math.random()),
        stopping,
      );
      queue.bell.ring();
    }
  }
};
