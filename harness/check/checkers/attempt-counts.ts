import type { Checker } from '../checker.ts';
import { ask } from '../questions.ts';

const violations = `
  WITH claims AS (
    SELECT task_id, count(*) AS times FROM task_transitions WHERE to_status = 'running' GROUP BY task_id
  )
  SELECT 'task ' || id || ' counts ' || attempts || ' attempts, it was claimed ' || coalesce(times, 0)
      || ' times' AS what
    FROM tasks LEFT JOIN claims ON task_id = id
    WHERE attempts <> coalesce(times, 0)
  UNION ALL
  SELECT 'task ' || id || ' failed without a reason'
    FROM tasks
    WHERE status = 'failed' AND coalesce(failure_reason, '') = ''`;

export const checker: Checker = {
  id: 'attempt-counts',
  title: 'Each task counts its attempts, and a failed one says why',
  invariant: 'I12',
  check: ({ query }) =>
    ask(query, {
      examined: 'SELECT count(*) AS examined FROM tasks',
      violations,
      none: 'attempts equal claims',
    }),
};
