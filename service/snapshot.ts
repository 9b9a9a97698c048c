/** Counts of the whole system that only the database knows; read once a second by replica 0 for all. */
import type { Context } from './context.ts';
import type { Metrics } from './metrics.ts';

export interface Snapshot {
  take(): Promise<void>;
}

type Counts = { jobs: number; waiting: number; pending: number; running: number } & Record<string, unknown>;

const countOpen = `
  SELECT count(*)::int AS jobs, coalesce(sum(waiting_tasks), 0)::int AS waiting,
    coalesce(sum(pending_tasks), 0)::int AS pending, coalesce(sum(running_tasks), 0)::int AS running
  FROM jobs WHERE status IN ('queued', 'running')`;
const countReasons = `
  SELECT coalesce(waiting_reason, 'none') AS reason, count(*)::int AS tasks
  FROM tasks WHERE status = 'waiting' OR (status = 'pending' AND waiting_reason IS NOT NULL) GROUP BY 1`;
const countSchedules = 'SELECT queue_name AS queue, count(*)::int AS schedules FROM cron_schedules GROUP BY 1';

interface Counted {
  /** The last counts; null until the first look. */
  open: Counts | null;
  reasons: Map<string, number>;
  schedules: Map<string, number>;
}

const addGauges = (metrics: Metrics, last: Counted): void => {
  metrics.gauge('jobs_active', 'Jobs queued or running', () => (last.open === null ? [] : [[{}, last.open.jobs]]));
  metrics.gauge('tasks', 'Open tasks by state', () => {
    const { open } = last;
    if (open === null) return [];
    return (['waiting', 'pending', 'running'] as const).map((state) => [{ state }, open[state]] as const);
  });
  metrics.gauge('tasks_waiting', 'Tasks that wait, for their time or for a worker, by reason', () =>
    [...last.reasons].map(([reason, tasks]) => [{ reason }, tasks] as const),
  );
  metrics.gauge('cron_schedules_total', 'Schedules by queue', () =>
    [...last.schedules].map(([queue, count]) => [{ queue }, count] as const),
  );
};

const count = async ({ pool }: Context, last: Counted): Promise<Counted> => {
  const taken = await pool.transaction('snapshot', async (session) => ({
    open: await session.query<Counts>('count jobs', countOpen),
    reasons: await session.query<{ reason: string; tasks: number }>('count reasons', countReasons),
    schedules: await session.query<{ queue: string; schedules: number }>('count schedules', countSchedules),
  }));
  // A reason that is gone is zero, not missing.
  const gone = [...last.reasons.keys()].map((reason) => [reason, 0] as const);
  return {
    open: taken.open[0] ?? null,
    reasons: new Map([...gone, ...taken.reasons.map(({ reason, tasks }) => [reason, tasks] as const)]),
    schedules: new Map(taken.schedules.map(({ queue, schedules }) => [queue, schedules])),
  };
};

export const createSnapshot = (context: Context): Snapshot => {
  if (context.replica !== 0) return { take: () => Promise.resolve() };
  const last: Counted = { open: null, reasons: new Map(), schedules: new Map() };
  addGauges(context.metrics, last);
  return { take: async () => void Object.assign(last, await count(context, last)) };
};
