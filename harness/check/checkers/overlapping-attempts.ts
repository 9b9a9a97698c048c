import type { Checker } from '../checker.ts';
import { ask, together } from '../found.ts';

export const checker: Checker = {
  id: 'overlapping-attempts',
  title: 'No task is worked on twice at a time, and no stale claim completes one',
  invariant: 'I6',
  async check({ query }) {
    const examined = `SELECT count(*) AS examined FROM task_transitions WHERE to_status = 'running'`;
    const overlapping = await ask(query, {
      examined,
      violations: `SELECT 'task ' || task_id || ' was claimed again with fence ' || fence || ' while running' AS what
                   FROM task_transitions WHERE from_status = 'running' AND to_status = 'running'`,
      none: 'no claim overlaps another',
    });
    const stale = await ask(query, {
      examined: 'SELECT count(*) AS examined FROM task_effects',
      violations: `SELECT 'task ' || tasks.id || ': an effect carries fence ' || task_effects.fence || ', the last claim was ' || tasks.fence AS what
                   FROM task_effects JOIN tasks ON tasks.id = task_effects.task_id WHERE task_effects.fence <> tasks.fence`,
      none: 'every effect carries the fence of the last claim',
    });
    return together([overlapping, stale]);
  },
};
