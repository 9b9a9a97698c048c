/** A replica that is hit at rest loses nothing and proves little: it is hit with a task in hand. */
import { setTimeout as sleep } from 'node:timers/promises';
import { usageError } from '../errors.ts';
import type { Evidence } from '../result.ts';
import { ask, hold } from './parts.ts';

const taskLimitMs = 10_000;

/** Until this replica has just begun a task. */
export const untilTaskRuns = async (url: string, replica: number): Promise<void> => {
  const begun = `
    SELECT 1 FROM tasks WHERE status = 'running' AND claimed_by LIKE $1
      AND started_at > clock_timestamp() - interval '100 milliseconds' LIMIT 1`;
  await using connection = await hold(url);
  const deadline = performance.now() + taskLimitMs;
  while (performance.now() < deadline) {
    if ((await connection.query(begun, [`queue-worker-${replica}-%`])).length > 0) return;
    await sleep(10);
  }
  throw usageError(
    `replica ${replica} began no task within ${taskLimitMs / 1000} s, so hitting it would prove nothing`,
  );
};

/**
 * The tasks that this replica has claimed and not given back, as the database has them: "tasks 4, 7 in hand"; null for
 * none.
 */
export const tasksInHand = async (url: string, replica: number): Promise<Evidence | null> => {
  const rows = await ask<{ id: string }>(
    url,
    `SELECT id::text FROM tasks WHERE status = 'running' AND claimed_by LIKE $1 ORDER BY id`,
    [`queue-worker-${replica}-%`],
  );
  if (rows.length === 0) return null;
  return {
    text: `${rows.length === 1 ? 'task' : 'tasks'} ${rows.map(({ id }) => id).join(', ')} in hand`,
    source: 'tasks',
  };
};
