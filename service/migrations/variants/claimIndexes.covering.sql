-- 001: what is pending, by job and priority. Which jobs are open, and so may have capacity, is jobs_open. The index of
-- the schema, by priority alone, goes: a plan that took it would look past all tasks of the other jobs.
DROP INDEX IF EXISTS idx_tasks_pending_by_job_priority;
CREATE INDEX idx_tasks_pending_by_job_priority ON tasks (job_id, priority DESC, id) WHERE status = 'pending';
