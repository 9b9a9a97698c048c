import type { Checker } from '../checker.ts';
import { ask, together } from '../questions.ts';

const claims = `SELECT count(*) AS examined FROM task_transitions WHERE to_status = 'running'`;

const claimedTwice = `
  SELECT 'task ' || task_id || ' was claimed again with fence ' || fence || ' while running' AS what
    FROM task_transitions
    WHERE from_status = 'running' AND to_status = 'running'`;

/**
 * Until its lease ends a task is its worker's, at work or dead; only that worker may give it back sooner. Read as JSON,
 * since a release of the service from before these columns has none: then nothing is known of its leases.
 */
const takenTooSoon = `
  WITH taken AS MATERIALIZED (
    SELECT task_id, fence, at, to_jsonb(task_transitions) AS claim
      FROM task_transitions
      WHERE from_status = 'running' AND to_status IN ('pending', 'waiting')
  )
  SELECT 'task ' || task_id || ' was taken from ' || coalesce(claim ->> 'held_by', 'its worker')
      || ' (fence ' || fence || ') ' || round(extract(epoch FROM (claim ->> 'held_until')::timestamptz - at), 1)
      || ' s before its lease ended' AS what
    FROM taken
    WHERE (claim ->> 'held_until')::timestamptz > at AND (claim ->> 'given_back')::boolean IS NOT TRUE`;

const staleEffect = `
  SELECT 'task ' || tasks.id || ': an effect carries fence ' || task_effects.fence
      || ', the last claim was ' || tasks.fence AS what
    FROM task_effects JOIN tasks ON tasks.id = task_effects.task_id
    WHERE task_effects.fence <> tasks.fence`;

export const checker: Checker = {
  id: 'overlapping-attempts',
  title: 'No task is worked on twice at a time, and no stale claim completes one',
  invariant: 'I6',
  async check({ query }) {
    const overlapping = await ask(query, {
      examined: claims,
      violations: `${claimedTwice} UNION ALL (${takenTooSoon})`,
      none: 'no claim overlaps another',
    });
    const stale = await ask(query, {
      examined: 'SELECT count(*) AS examined FROM task_effects',
      violations: staleEffect,
      none: 'every effect carries the fence of the last claim',
    });
    return together([overlapping, stale]);
  },
};
