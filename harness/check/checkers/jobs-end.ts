import type { CheckContext, Checker } from '../checker.ts';
import { keysByQuery, keysWith, operationsOf, writtenJobs } from '../writes.ts';

interface Job extends Record<string, unknown> {
  key: string;
  status: string;
  error: string | null;
  attempted: boolean;
}

const jobs = `
  SELECT key, status, error_message AS error,
      EXISTS (SELECT 1 FROM tasks WHERE job_id = jobs.id AND attempts > 0) AS attempted
    FROM jobs WHERE key = ANY($1)`;

/**
 * No load asks for a job that must fail, so a failure broke the promise; an open job did so once nothing moves any
 * more, or its time is over.
 */
const wrong = ({ key, status, error, attempted }: Job, { unsettled }: CheckContext): string | null => {
  if (status === 'failed')
    return `${key} failed: ${error ?? 'no reason is given'}${attempted ? '' : ' (nobody ever began it)'}`;
  if (status !== 'completed') return unsettled === null ? `${key} is still ${status}` : null;
  return attempted ? null : `${key} is completed, and nobody ever began it`;
};

export const checker: Checker = {
  id: 'jobs-end',
  title: 'Acknowledged jobs are begun and come to a good end',
  invariant: 'I5',
  readsLedger: true,
  needsDrain: true,
  async check(context) {
    const keys = [...keysWith(operationsOf(context, writtenJobs), 'ok')];
    const counts = { completed: 0, failed: 0, open: 0 };
    const found: string[] = [];
    for (const some of keysByQuery(keys)) {
      for (const job of await context.query<Job>(jobs, [some])) {
        counts[job.status === 'completed' || job.status === 'failed' ? job.status : 'open'] += 1;
        const what = wrong(job, context);
        if (what !== null) found.push(what);
      }
    }
    const reason =
      found.length === 0
        ? 'every acknowledged job was begun and completed'
        : `${found.length} of ${keys.length} acknowledged jobs came to no good end`;
    return { examined: keys.length, violations: found.length, reason, examples: found, counts };
  },
};
