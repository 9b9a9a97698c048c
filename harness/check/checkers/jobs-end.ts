import type { Checker } from '../checker.ts';
import { keysWith, operationsOf, writtenTables } from '../writes.ts';

const keysPerQuery = 10_000;

/**
 * After a drain every acknowledged job has ended. Without one a backlog is allowed, but no job that has
 * nothing left to do and does not end.
 */
const unended = (drained: boolean): string => `
  SELECT key, status FROM jobs WHERE key = ANY($1) AND status NOT IN ('completed', 'failed')
  ${drained ? '' : `AND status = 'running' AND NOT EXISTS (SELECT 1 FROM tasks WHERE job_id = jobs.id AND tasks.status IN ('waiting', 'pending', 'running'))`}`;

export const checker: Checker = {
  id: 'jobs-end',
  title: 'Acknowledged jobs come to an end',
  invariant: 'I5',
  readsLedger: true,
  async check(context) {
    const keys = [...keysWith(operationsOf(context, writtenTables[0]!), 'ok')];
    const open: { key: string; status: string }[] = [];
    for (let first = 0; first < keys.length; first += keysPerQuery) {
      open.push(...await context.query<{ key: string; status: string }>(unended(context.expectedDrained), [keys.slice(first, first + keysPerQuery)]));
    }
    const none = context.expectedDrained ? 'every acknowledged job ended' : 'no acknowledged job hangs (the queue was not drained, so open ones are allowed)';
    return { examined: keys.length, violations: open.length, reason: open.length === 0 ? none : `${open.length} did not end`, examples: open.slice(0, 5).map(({ key, status }) => `${key} is still ${status}`) };
  },
};
