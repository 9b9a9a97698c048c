/** Names the tasks that wait long past their due time, and why they say that they wait (001, observability). */
import type { Context } from '../context.ts';
import type { Settings } from '../settings.ts';

/** However short a time scale makes it: what waits for less on a busy machine is not stuck. */
const fewestSeconds = 6;

type Reason = 'domain_delay' | 'worker_capacity' | 'crawl_failed';

/** What stands on the task: null where reasons are not recorded. */
export const reasonOn = ({ waitingReasons }: Settings, reason: Reason): Reason | null =>
  waitingReasons === 'recorded' ? reason : null;

const stuckTasks = `
  SELECT id, job_id, status, coalesce(waiting_reason, 'none') AS reason,
    extract(epoch FROM now() - due_at)::float8 AS seconds
  FROM tasks WHERE status IN ('waiting', 'pending') AND due_at < now() - make_interval(secs => $1)
  ORDER BY due_at LIMIT 20`;

type StuckTask = { id: string; job_id: string; status: string; reason: string; seconds: number };

/** Under the profile's time scale, and never so short that a busy moment would do. */
const secondsUntilStuck = ({ stuckTaskSeconds: full }: Settings, timeScale: number): number =>
  Math.min(full, Math.max(full / timeScale, fewestSeconds));

/** Each is named once, while the replica lives. */
export const createStuckWatch = (context: Context): (() => Promise<void>) => {
  const { pool, settings, log, metrics, timeScale } = context;
  const named = new Set<string>();
  let stuck = 0;
  metrics.gauge('tasks_stuck', 'Tasks that wait long past their due time', () => [[{}, stuck]]);
  return async () => {
    if (settings.waitingReasons === 'none') return;
    const rows = await pool.query<StuckTask>('stuck tasks', stuckTasks, [secondsUntilStuck(settings, timeScale)]);
    stuck = rows.length;
    for (const { id, job_id: jobId, status, reason, seconds } of rows) {
      if (named.has(id)) continue;
      named.add(id);
      log.warn(`task ${id} of job ${jobId} is stuck: ${status}, ${reason}, due ${seconds.toFixed(0)} s ago`);
    }
  };
};
