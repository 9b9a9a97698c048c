-- Before 001: no index says what is pending, or which jobs are open.
DROP INDEX IF EXISTS idx_tasks_pending_by_job_priority;
DROP INDEX IF EXISTS jobs_open;
