import type { Checker } from '../checker.ts';
import { ask } from '../questions.ts';

const states = ['waiting', 'pending', 'running', 'completed', 'failed'] as const;

export const checker: Checker = {
  id: 'job-counters',
  title: 'The counters of each job equal a recount of its tasks',
  invariant: 'I8',
  check: ({ query }) =>
    ask(query, {
      examined: 'SELECT count(*) AS examined FROM jobs',
      violations: `
      WITH recount AS (
        SELECT job_id, count(*) AS total, ${states.map((state) => `count(*) FILTER (WHERE status = '${state}') AS ${state}`).join(', ')}
        FROM tasks GROUP BY job_id
      )
      SELECT 'job ' || jobs.key || ' counts ' || total_tasks || ' tasks (${states.map((state) => `${state} ' || ${state}_tasks || '`).join(', ')}), a recount finds '
        || coalesce(total, 0) || ' (${states.map((state) => `${state} ' || coalesce(${state}, 0) || '`).join(', ')})' AS what
      FROM jobs LEFT JOIN recount ON recount.job_id = jobs.id
      WHERE (total_tasks, ${states.map((state) => `${state}_tasks`).join(', ')})
        IS DISTINCT FROM (coalesce(total, 0), ${states.map((state) => `coalesce(${state}, 0)`).join(', ')})`,
      none: 'all counters equal the recount',
    }),
};
