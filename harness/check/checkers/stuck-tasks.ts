import type { CheckContext, Checker } from '../checker.ts';
import { ask } from '../questions.ts';

/** Above the reference service's own passes, which come each second, and above a scheduling hiccup. */
const grace = `interval '10 seconds'`;

const runsWithoutLease = `
  SELECT 'task ' || tasks.id || ' runs without a lease since ' || coalesce(lease_until, started_at) AS what
    FROM tasks
    WHERE status = 'running' AND coalesce(lease_until, started_at) < now() - ${grace}`;

const waitsPastItsTime = `
  SELECT 'task ' || tasks.id || ' waits, though due since ' || due_at AS what
    FROM tasks
    WHERE status = 'waiting' AND due_at < now() - ${grace} AND waiting_reason IS DISTINCT FROM 'concurrency_limit'`;

/** While another task runs with a live lease, the workers may be busy. */
const nobodyTakes = `
  SELECT 'task ' || tasks.id || ' is pending and nobody takes it' AS what
    FROM tasks
    WHERE status = 'pending' AND due_at < now() - ${grace}
      AND NOT EXISTS (SELECT 1 FROM tasks AS other WHERE other.status = 'running' AND other.lease_until > now())`;

const withoutJob = `
  SELECT 'task ' || tasks.id || ' has no job' AS what
    FROM tasks LEFT JOIN jobs ON jobs.id = tasks.job_id
    WHERE jobs.id IS NULL`;

/** While work still moves, a job and its tasks may end an instant apart. */
const outlivesItsJob = `
  SELECT 'task ' || tasks.id || ' is ' || tasks.status || ' though its job is ' || jobs.status AS what
    FROM tasks JOIN jobs ON jobs.id = tasks.job_id
    WHERE jobs.status IN ('completed', 'failed') AND tasks.status NOT IN ('completed', 'failed')`;

/** It moves, and too slowly: due for longer than all work had to end in. */
const isLate = (afterSeconds: number): string => `
  SELECT 'task ' || tasks.id || ' is ' || status || ' at the deadline, though due since ' || due_at AS what
    FROM tasks
    WHERE status IN ('pending', 'running', 'waiting') AND due_at < now() - interval '${afterSeconds} seconds'`;

const always = [runsWithoutLease, waitsPastItsTime, nobodyTakes, withoutJob];

const besides = (unsettled: CheckContext['unsettled'], late: CheckContext['late']): string[] => {
  if (late != null) return [isLate(late.afterSeconds)];
  return unsettled === null ? [outlivesItsJob] : [];
};

export const checker: Checker = {
  id: 'stuck-tasks',
  title: 'No task is stuck or without a job',
  invariant: 'I7',
  needsDrain: true,
  check: ({ query, unsettled, late }) =>
    ask(query, {
      examined: 'SELECT count(*) AS examined FROM tasks',
      violations: [...always, ...besides(unsettled, late)].join('\n  UNION ALL'),
      none: 'no task is stuck',
    }),
};
