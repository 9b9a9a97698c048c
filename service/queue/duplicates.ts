/** Whether the job has a page with this content already. */
import type { Session } from '../app-pool.ts';
import type { Settings } from '../settings.ts';
import type { ClaimedTask } from './claim.ts';

/** By the index of contents: one statement, however many pages the job has. */
const findByHash = async (session: Session, jobId: string, hash: Buffer): Promise<string | null> => {
  const statement = 'SELECT find_duplicate($1, $2) AS task_id';
  const rows = await session.query<{ task_id: string | null }>('find duplicate', statement, [jobId, hash]);
  return rows[0]?.task_id ?? null;
};

/** Plant: the job's tasks first, and then the page of each by itself. */
const findRowByRow = async (session: Session, jobId: string, hash: Buffer): Promise<string | null> => {
  const tasks = await session.query<{ id: string }>('tasks of job', 'SELECT id FROM tasks WHERE job_id = $1', [jobId]);
  const pageOf = 'SELECT content_hash FROM pages WHERE task_id = $1';
  for (const { id } of tasks) {
    const pages = await session.query<{ content_hash: Buffer }>('page of task', pageOf, [id]);
    if (pages[0]?.content_hash.equals(hash) === true) return id;
  }
  return null;
};

/** The task whose page holds the same, if there is one. */
export const findDuplicate = (
  { duplicatesRowByRow }: Settings,
  session: Session,
  { jobId }: ClaimedTask,
  hash: Buffer,
): Promise<string | null> => (duplicatesRowByRow ? findRowByRow : findByHash)(session, jobId, hash);
