import type { Checker } from '../checker.ts';
import { ask } from '../questions.ts';

export const checker: Checker = {
  id: 'task-effects',
  title: 'Each completed task had its effect exactly once',
  invariant: 'I4',
  check: ({ query }) =>
    ask(query, {
      examined: `SELECT count(*) AS examined FROM tasks WHERE status = 'completed'`,
      violations: `
      WITH effects AS (SELECT task_id, count(*) AS times FROM task_effects GROUP BY task_id)
      SELECT 'task ' || tasks.id || ' is ' || tasks.status || ' and had ' || coalesce(times, 0) || ' effects' AS what
      FROM tasks LEFT JOIN effects ON effects.task_id = tasks.id
      WHERE coalesce(times, 0) <> CASE WHEN tasks.status = 'completed' THEN 1 ELSE 0 END`,
      none: 'one effect per completed task, none for others',
    }),
};
