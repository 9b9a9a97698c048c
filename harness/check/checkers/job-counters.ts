import type { Checker } from '../checker.ts';
import { ask } from '../questions.ts';

const states = ['waiting', 'pending', 'running', 'completed', 'failed'] as const;

/** A piece of SQL for each state, with commas between. */
const each = (piece: (state: string) => string): string => states.map(piece).join(', ');
/** SQL of a text such as "waiting 1, pending 0, …", from a column of each state. */
const listed = (columnOf: (state: string) => string): string =>
  states.map((state) => `'${state} ' || ${columnOf(state)}`).join(` || ', ' || `);

const violations = `
  WITH recount AS (
    SELECT job_id, count(*) AS total, ${each((state) => `count(*) FILTER (WHERE status = '${state}') AS ${state}`)}
    FROM tasks GROUP BY job_id
  )
  SELECT 'job ' || jobs.key || ' counts ' || total_tasks || ' tasks (' || ${listed((state) => `${state}_tasks`)}
      || '), a recount finds ' || coalesce(total, 0)
      || ' (' || ${listed((state) => `coalesce(${state}, 0)`)} || ')' AS what
  FROM jobs LEFT JOIN recount ON recount.job_id = jobs.id
  WHERE (total_tasks, ${each((state) => `${state}_tasks`)})
    IS DISTINCT FROM (coalesce(total, 0), ${each((state) => `coalesce(${state}, 0)`)})`;

export const checker: Checker = {
  id: 'job-counters',
  title: 'The counters of each job equal a recount of its tasks',
  invariant: 'I8',
  check: ({ query }) =>
    ask(query, {
      examined: 'SELECT count(*) AS examined FROM jobs',
      violations,
      none: 'all counters equal the recount',
    }),
};
