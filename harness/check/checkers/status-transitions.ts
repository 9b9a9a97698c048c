import type { Checker } from '../checker.ts';
import { ask } from '../questions.ts';

/**
 * What may follow what. A claim may be given back; an end is never left, and never reached but from a claim or by
 * giving up.
 */
const allowed: readonly (readonly [from: string, to: string])[] = [
  ['', 'waiting'],
  ['', 'pending'],
  ['waiting', 'pending'],
  ['pending', 'waiting'],
  ['pending', 'running'],
  // Taken back or given back; running to running is an overlap, which another checker counts.
  ['running', 'pending'],
  ['running', 'waiting'],
  ['running', 'running'],
  ['running', 'completed'],
  ['waiting', 'failed'],
  ['pending', 'failed'],
  ['running', 'failed'],
];

const others = `
  SELECT 'task ' || task_id || ' went from ' || coalesce(from_status, 'nothing') || ' to ' || to_status
      || ' at ' || at AS what
    FROM task_transitions
    WHERE coalesce(from_status, '') || '>' || to_status <> ALL ($1)`;

export const checker: Checker = {
  id: 'status-transitions',
  title: 'Statuses of tasks only move forward',
  invariant: 'I9',
  check: ({ query }) =>
    ask(
      query,
      {
        examined: 'SELECT count(*) AS examined FROM task_transitions',
        violations: others,
        none: 'every transition is an allowed one',
      },
      [allowed.map(([from, to]) => `${from}>${to}`)],
    ),
};
