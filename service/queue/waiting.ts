/** Waiting tasks become pending when due: by a timer at the due time, and by a poll for those that no timer knows. */
import type { Context } from '../context.ts';
import { messageOf } from '../log.ts';
import type { Bell } from '../wait.ts';

export interface WaitingTasks {
  /** A task becomes due in so many ms. */
  dueIn(ms: number): void;
  /** One pass over what is due, that also wakes workers for whatever else is pending. */
  sweep(): Promise<void>;
  stop(): void;
}

const countPending = `
  SELECT count(*)::int AS pending FROM (SELECT 1 FROM tasks WHERE status = 'pending' LIMIT 50) AS first_ones`;

/** Due times are rounded up to this, so that tasks due together are moved together. */
const grainMs = 100;

type Promotion = { held: boolean; moved: number };

/** Makes due tasks pending; `held` is false where another replica was at it. */
const promoteDue = async ({ pool }: Context): Promise<Promotion> => {
  const rows = await pool.query<Promotion>('promote', 'SELECT * FROM promote_due_tasks()');
  return rows[0] ?? { held: true, moved: 0 };
};

/** Timers of which one serves all that is due in the same grain of time. */
interface Timers {
  set(ms: number, due: () => void): void;
  stop(): void;
}

const createTimers = (stopping: AbortSignal): Timers => {
  const timers = new Map<number, NodeJS.Timeout>();
  return {
    set: (ms, due) => {
      const slot = Math.ceil((performance.now() + ms) / grainMs);
      if (timers.has(slot) || stopping.aborted) return;
      const fire = (): void => {
        timers.delete(slot);
        due();
      };
      timers.set(slot, setTimeout(fire, slot * grainMs - performance.now()));
    },
    stop: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
};

export const createWaitingTasks = (context: Context, bell: Bell): WaitingTasks => {
  const timers = createTimers(context.stopping);
  const promote = async (): Promise<void> => {
    const { held, moved } = await promoteDue(context);
    if (moved > 0) bell.ring(moved);
    // Another replica was at it; what became due since its snapshot is looked for once more.
    if (!held) timers.set(grainMs / 2, pass);
  };
  const sweep = async (): Promise<void> => {
    await promote();
    const rows = await context.pool.query<{ pending: number }>('count pending', countPending);
    bell.ensure(rows[0]?.pending ?? 0);
  };
  const pass = (): void => {
    promote().catch((error: unknown) => context.log.warn(`waiting tasks: ${messageOf(error)}`));
  };
  return {
    sweep,
    dueIn: (ms) => {
      if (context.settings.waitingMode === 'timers') timers.set(ms, pass);
    },
    stop: timers.stop,
  };
};
