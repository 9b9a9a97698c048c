/** Recounts the tasks of open jobs and mends counters that drifted: the price of counting by one (001, long-term 3). */
import type { Context } from '../context.ts';
import type { Session } from '../app-pool.ts';
import { recordJobEvent } from './complete.ts';

const states = ['waiting', 'pending', 'running', 'completed', 'failed'] as const;
type Counts = Record<'total' | (typeof states)[number], number>;

const openJobs = `
  SELECT id FROM jobs WHERE status IN ('queued', 'running') AND created_at < now() - interval '1 second'
  ORDER BY created_at LIMIT 50`;

/** Whoever moves a task of the job waits for this lock, so that the recount below misses nothing. */
const countersUnderLock = `
  SELECT total_tasks AS total, ${states.map((state) => `${state}_tasks AS ${state}`).join(', ')}
  FROM jobs WHERE id = $1 AND status IN ('queued', 'running') FOR UPDATE`;
const recount = `
  SELECT count(*)::int AS total,
    ${states.map((state) => `count(*) FILTER (WHERE status = '${state}')::int AS ${state}`).join(', ')}
  FROM tasks WHERE job_id = $1`;
const mend = `
  UPDATE jobs SET total_tasks = $2, waiting_tasks = $3, pending_tasks = $4, running_tasks = $5, completed_tasks = $6,
    failed_tasks = $7
  WHERE id = $1`;

const reconcileJob = async (session: Session, jobId: string): Promise<string | null> => {
  const [kept] = await session.query<Counts>('counters under lock', countersUnderLock, [jobId]);
  if (kept === undefined) return null;
  const [found] = await session.query<Counts>('recount', recount, [jobId]);
  if (found === undefined) return null;
  const names = ['total', ...states] as const;
  const drifted = names.filter((name) => kept[name] !== found[name]);
  if (drifted.length === 0) return null;
  await session.query('mend counters', mend, [jobId, ...names.map((name) => found[name])]);
  // Its last task may have ended while the counters said that others were open.
  await recordJobEvent(session, jobId, 'job.reconciled');
  return drifted.map((name) => `${name} ${kept[name]} → ${found[name]}`).join(', ');
};

export const reconcileCounters = async ({ pool, log }: Context): Promise<void> => {
  const jobs = await pool.query<{ id: string }>('open jobs', openJobs);
  for (const { id } of jobs) {
    const mended = await pool.transaction('reconcile', (session) => reconcileJob(session, id));
    if (mended !== null) log.warn(`counters of job ${id} had drifted and are mended: ${mended}`);
  }
};
