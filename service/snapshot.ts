/** Counts of the whole system that only the database knows; read once a second by replica 0 for all. */
import type { Context } from './context.ts';

export interface Snapshot {
  take(): Promise<void>;
}

type Counts = { jobs: number; waiting: number; pending: number; running: number } & Record<string, unknown>;

const countOpen = `
  SELECT count(*)::int AS jobs, coalesce(sum(waiting_tasks), 0)::int AS waiting,
    coalesce(sum(pending_tasks), 0)::int AS pending, coalesce(sum(running_tasks), 0)::int AS running
  FROM jobs WHERE status IN ('queued', 'running')`;
const countReasons = `
  SELECT coalesce(waiting_reason, 'none') AS reason, count(*)::int AS tasks FROM tasks WHERE status = 'waiting' GROUP BY 1`;
const countSchedules = 'SELECT queue_name AS queue, count(*)::int AS schedules FROM cron_schedules GROUP BY 1';

export const createSnapshot = ({ pool, metrics, replica }: Context): Snapshot => {
  if (replica !== 0) return { take: () => Promise.resolve() };
  let open: Counts | null = null;
  let reasons = new Map<string, number>();
  let schedules = new Map<string, number>();
  metrics.gauge('jobs_active', 'Jobs queued or running', () => (open === null ? [] : [[{}, open.jobs]]));
  metrics.gauge('tasks', 'Open tasks by state', () =>
    open === null
      ? []
      : (['waiting', 'pending', 'running'] as const).map((state) => [{ state }, open?.[state] ?? 0] as const),
  );
  metrics.gauge('tasks_waiting', 'Waiting tasks by reason', () =>
    [...reasons].map(([reason, tasks]) => [{ reason }, tasks] as const),
  );
  metrics.gauge('cron_schedules_total', 'Schedules by queue', () =>
    [...schedules].map(([queue, count]) => [{ queue }, count] as const),
  );
  return {
    take: async () => {
      const taken = await pool.transaction('snapshot', async (session) => ({
        open: await session.query<Counts>('count jobs', countOpen),
        reasons: await session.query<{ reason: string; tasks: number }>('count reasons', countReasons),
        schedules: await session.query<{ queue: string; schedules: number }>('count schedules', countSchedules),
      }));
      open = taken.open[0] ?? null;
      // A reason that is gone is zero, not missing.
      reasons = new Map([
        ...[...reasons.keys()].map((reason) => [reason, 0] as const),
        ...taken.reasons.map(({ reason, tasks }) => [reason, tasks] as const),
      ]);
      schedules = new Map(taken.schedules.map(({ queue, schedules: count }) => [queue, count]));
    },
  };
};
