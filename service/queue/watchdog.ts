/** Fails jobs that make no progress, with a reason that a person sees on the job (000). */
import type { Context } from '../context.ts';
import { watchdogSeconds } from '../settings.ts';
import { recordJobEvent } from './complete.ts';

/** "no progress for 30 minutes", with the wait that the profile's time scale made of it where that differs. */
export const noProgressMessage = (fullSeconds: number, waitedSeconds: number): string => {
  const full = fullSeconds < 60 ? `${fullSeconds} seconds` : `${Math.round(fullSeconds / 60)} minutes`;
  const scaled = waitedSeconds === fullSeconds ? '' : ` (scaled to ${Math.round(waitedSeconds)} s)`;
  return `no progress for ${full}${scaled}`;
};

const failTasksStatement = `
  UPDATE tasks SET status = 'failed', finished_at = now(), lease_until = NULL, failure_reason = $2
  WHERE job_id = $1 AND status IN ('waiting', 'pending', 'running')
    AND EXISTS (
      SELECT 1 FROM jobs
      WHERE id = $1 AND status IN ('queued', 'running') AND progress_at < now() - make_interval(secs => $3)
    )`;

const failJobStatement = `
  UPDATE jobs SET status = 'failed', error_message = $2, finished_at = now()
  WHERE id = $1 AND status IN ('queued', 'running') AND waiting_tasks + pending_tasks + running_tasks = 0
  RETURNING id`;

const failJob = async ({ pool, log }: Context, jobId: string, message: string, seconds: number): Promise<void> => {
  const failed = await pool.transaction('watchdog', async (session) => {
    // Tasks before their job, in the order of every other writer.
    await session.query('fail tasks', failTasksStatement, [jobId, message, seconds]);
    const rows = await session.query('fail job', failJobStatement, [jobId, message]);
    if (rows.length > 0) await recordJobEvent(session, jobId, 'job.failed');
    return rows.length > 0;
  });
  if (failed) log.error(`job ${jobId} failed: ${message}`);
};

const stuckStatement = `
  SELECT id, progress_at < now() - make_interval(secs => $1) AS stuck FROM jobs
  WHERE status IN ('queued', 'running') AND progress_at < now() - make_interval(secs => $1 / 2)
    AND ($2 = 0 OR status = 'running') ORDER BY progress_at LIMIT 20`;

/** One look at the jobs without progress: whoever is half way there is warned of once, then it fails. */
export const createWatchdog = (context: Context): (() => Promise<void>) => {
  const { settings, pool, timeScale, log } = context;
  const seconds = watchdogSeconds(settings, timeScale);
  const message = noProgressMessage(settings.watchdogNoProgressSeconds, seconds);
  const warned = new Set<string>();
  return async () => {
    const slow = await pool.query<{ id: string; stuck: boolean }>('stuck jobs', stuckStatement, [
      seconds,
      settings.maxRunningJobs,
    ]);
    for (const { id, stuck } of slow) {
      if (stuck) await failJob(context, id, message, seconds);
      else if (!warned.has(id)) log.warn(`job ${id} is stuck: no progress for half of what the watchdog allows`);
      warned.add(id);
    }
  };
};
