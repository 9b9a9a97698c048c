import type { Checker } from '../checker.ts';
import { ask } from '../questions.ts';

/**
 * Stuck: running without a live lease; due long ago though nothing waits before it; or without a job.
 * The grace of 10 s is above the reference service's own passes (1 s), and above a scheduling hiccup.
 */
export const checker: Checker = {
  id: 'stuck-tasks',
  title: 'No task is stuck or without a job',
  invariant: 'I7',
  needsDrain: true,
  check: ({ query, unsettled }) =>
    ask(query, {
      examined: 'SELECT count(*) AS examined FROM tasks',
      violations: `
      SELECT 'task ' || tasks.id || ' runs without a lease since ' || coalesce(lease_until, started_at) AS what FROM tasks
        WHERE status = 'running' AND coalesce(lease_until, started_at) < now() - interval '10 seconds'
      UNION ALL
      SELECT 'task ' || tasks.id || ' waits, though due since ' || due_at FROM tasks
        WHERE status = 'waiting' AND due_at < now() - interval '10 seconds' AND waiting_reason IS DISTINCT FROM 'concurrency_limit'
      UNION ALL
      SELECT 'task ' || tasks.id || ' is pending and nobody takes it' FROM tasks
        WHERE status = 'pending' AND due_at < now() - interval '10 seconds'
          AND NOT EXISTS (SELECT 1 FROM tasks AS other WHERE other.status = 'running' AND other.lease_until > now())
      UNION ALL
      SELECT 'task ' || tasks.id || ' has no job' FROM tasks LEFT JOIN jobs ON jobs.id = tasks.job_id WHERE jobs.id IS NULL
      ${
        unsettled === null
          ? `UNION ALL
      SELECT 'task ' || tasks.id || ' is ' || tasks.status || ' though its job is ' || jobs.status FROM tasks JOIN jobs ON jobs.id = tasks.job_id
        WHERE jobs.status IN ('completed', 'failed') AND tasks.status NOT IN ('completed', 'failed')`
          : ''
      }`,
      none: 'no task is stuck',
    }),
};
