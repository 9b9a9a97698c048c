/** A queue worker: claims a task, waits for its crawl outside any transaction, completes it. */
import type { Session } from '../app-pool.ts';
import type { Context } from '../context.ts';
import { DatabaseFailure } from '../errors.ts';
import { messageOf } from '../log.ts';
import type { Tally, Timing } from '../metrics.ts';
import { withRetries } from '../retry.ts';
import { pause, type Bell, type Slots } from '../wait.ts';
import { claimTask, releaseClaim, type ClaimedTask } from './claim.ts';
import { ClaimLost, writeCompletion, writeEffect, type Completion } from './complete.ts';
import type { JobCache } from './job-cache.ts';
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
  priorityUpdates: Tally;
  dueToStart: Timing;
  completed: number;
}

/** 60 to 140 % of the setting, the same for the same task and seed. */
export const crawlTime = (crawlMs: number, seed: number, taskId: string): number => {
  const mixed = Math.imul(Number(BigInt.asUintN(32, BigInt(taskId))) ^ (seed * 0x9e3779b1), 0x85ebca6b) >>> 0;
  return crawlMs * (0.6 + 0.8 * (mixed / 2 ** 32));
};

const crawl = async ({ settings, seed, stopping }: Context, task: ClaimedTask): Promise<boolean> => {
  const ms = crawlTime(settings.crawlMs, seed, task.id);
  // A stopping replica finishes a short crawl and gives back a long one.
  await pause(ms, ms > 2000 ? stopping : undefined);
  return ms <= 2000 || !stopping.aborted;
};

const result = (task: ClaimedTask): string => `200 OK ${task.url}`;

const complete = async (
  context: Context,
  queue: Queue,
  completion: Completion,
  held: Session | null,
): Promise<boolean> => {
  const counted = (changed: number): void =>
    queue.priorityUpdates.add(1, { result: changed > 0 ? 'changed' : 'no-op' });
  if (held !== null) return writeCompletion(context, held, completion, counted);
  if (context.settings.effectOutsideTransaction) await writeEffect(context.pool, completion.task);
  return context.pool.transaction('complete', (session) => writeCompletion(context, session, completion, counted));
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

const completeWithRetries = async (context: Context, queue: Queue, completion: Completion): Promise<boolean> => {
  let unknown = false;
  return withRetries(context.settings.writeRetries + 4, context.settings.retryBackoffMs, async () => {
    try {
      if (unknown && context.settings.blindRetry) return await blindly(context, completion);
      return await complete(context, queue, completion, null);
    } catch (error) {
      if (error instanceof DatabaseFailure && error.outcome === 'unknown') unknown = true;
      if (error instanceof ClaimLost && unknown && (await completedByUs(context, completion.task))) return false;
      throw error;
    }
  });
};

/** Seeded defect: the effect again, without asking whether it happened. */
const blindly = async (context: Context, { task, result: text }: Completion): Promise<boolean> =>
  context.pool.transaction('complete', async (session) => {
    await writeEffect(session, task);
    await session.query(
      'complete',
      `UPDATE tasks SET status = 'completed', result = $2, finished_at = now() WHERE id = $1`,
      [task.id, text],
    );
    return false;
  });

/** Plant: the transaction begins before the crawl and is idle while it lasts. */
const crawlInTransaction = async (
  context: Context,
  queue: Queue,
  completion: Omit<Completion, 'number'>,
): Promise<boolean> =>
  context.pool.transaction('crawl and complete', async (session) => {
    await session.query('job info', 'SELECT pages FROM jobs WHERE id = $1', [completion.task.jobId]);
    await crawl(context, completion.task);
    queue.completed += 1;
    return complete(context, queue, { ...completion, number: queue.completed }, session);
  });

const runTask = async (context: Context, queue: Queue, task: ClaimedTask): Promise<void> => {
  const job = await queue.cache.get(task.jobId);
  const work = { task, job, result: result(task) };
  let over: boolean;
  if (context.settings.holdTransactionDuringCrawl) over = await crawlInTransaction(context, queue, work);
  else {
    if (!(await crawl(context, task))) return releaseClaim(context, task);
    queue.completed += 1;
    over = await completeWithRetries(context, queue, { ...work, number: queue.completed });
  }
  queue.completions.add(1);
  if (over) queue.cache.forget(task.jobId);
  else if (job.pages > 1)
    for (let page = 1; page < job.pages; page += 1) queue.waiting.dueIn(page * context.settings.domainDelayMs + 5);
};

const handle = async (context: Context, queue: Queue, task: ClaimedTask): Promise<void> => {
  queue.claims.add(1);
  queue.dueToStart.record(task.dueToStartSeconds);
  queue.running.set(task.id, task);
  try {
    await runTask(context, queue, task);
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
 * Works until the replica stops: claims once for each ring, and now and then without one.
 * A failed claim is tried again after a pause.
 */
export const workQueue = async (context: Context, queue: Queue, name: string): Promise<void> => {
  const { settings, stopping, log } = context;
  let failures = 0;
  while (!stopping.aborted) {
    await queue.bell.wait(settings.workerPollMs * (0.8 + 0.4 * Math.random()));
    try {
      const task = await queue.slots.run(() => (stopping.aborted ? Promise.resolve(null) : claimTask(context, name)));
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
