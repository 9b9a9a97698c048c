/** Waiting tasks become pending when due: by a timer at the due time, and by a poll for those that no timer knows. */
import type { Context } from '../context.ts';
import { messageOf } from '../log.ts';
import type { Bell } from '../wait.ts';
import { reasonOn } from './stuck.ts';
import { createTimers, type Timers } from './timers.ts';

export interface WaitingTasks {
  /** A task of the job becomes due in so many ms. */
  dueIn(jobId: string, ms: number): void;
  /** Nothing of it waits any more. */
  jobEnded(jobId: string): void;
  /** One pass over what is due, that also wakes workers for whatever else is pending. */
  sweep(): Promise<void>;
  /** Timers of this process die with it: those of the tasks that wait are set anew. */
  restore(): Promise<void>;
  stop(): void;
}

const countPending = `
  SELECT count(*)::int AS pending FROM (SELECT 1 FROM tasks WHERE status = 'pending' LIMIT 50) AS first_ones`;

/** Makes due tasks pending, and gives their count. */
const promoteDue = async ({ pool, settings }: Context): Promise<number> => {
  const reason = reasonOn(settings, 'worker_capacity');
  const rows = await pool.query<{ moved: number }>('promote', 'SELECT promote_due_tasks($1) AS moved', [reason]);
  return rows[0]?.moved ?? 0;
};

const waitingTasks = `
  SELECT job_id, greatest(0, extract(epoch FROM due_at - now()) * 1000)::float8 AS ms
  FROM tasks WHERE status = 'waiting' AND waiting_reason IS DISTINCT FROM 'concurrency_limit'
    AND due_at < now() + make_interval(secs => $1)`;

const restoreTimers = async ({ pool, settings, log }: Context, timers: Timers): Promise<void> => {
  const limit = [settings.waitingTimerMaxSeconds];
  const rows = await pool.query<{ job_id: string; ms: number }>('waiting tasks', waitingTasks, limit);
  for (const { job_id: jobId, ms } of rows) timers.set(jobId, ms);
  if (rows.length > 0) log.info(`timers of ${rows.length} waiting tasks are set anew`);
};

export const createWaitingTasks = (context: Context, bell: Bell): WaitingTasks => {
  const { settings, metrics, log } = context;
  const hasTimers = settings.waitingMode === 'timers';
  const moves = metrics.tally('task_promotions', 'Waiting tasks that became pending, by what moved them');
  const polls = metrics.tally('waiting_polls', 'Looks for waiting tasks that are due');
  const promote = async (by: 'timer' | 'poll'): Promise<void> => {
    const moved = await promoteDue(context);
    if (moved > 0) moves.add(moved, { by });
    if (moved > 0) bell.ring(moved);
  };
  const timers = createTimers(() => {
    promote('timer').catch((error: unknown) => log.warn(`waiting tasks: ${messageOf(error)}`));
  });
  metrics.gauge('waiting_timers', 'Timers of waiting tasks', () => [[{}, timers.count()]]);
  return {
    sweep: async () => {
      polls.add(1);
      await promote('poll');
      const rows = await context.pool.query<{ pending: number }>('count pending', countPending);
      bell.ensure(rows[0]?.pending ?? 0);
    },
    restore: () => (hasTimers && settings.waitingTimersRestored ? restoreTimers(context, timers) : Promise.resolve()),
    dueIn: (jobId, ms) => {
      if (hasTimers && ms <= settings.waitingTimerMaxSeconds * 1000) timers.set(jobId, ms);
    },
    jobEnded: (jobId) => timers.drop(jobId),
    stop: () => timers.stop(),
  };
};
