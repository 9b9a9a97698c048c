-- Before 001: one statement looks through all that is pending, past every task of a job that is at its limit.
CREATE OR REPLACE FUNCTION claim_task_within(worker text, lease_seconds double precision, job_limit integer)
RETURNS TABLE (id bigint, job_id uuid, url text, attempts integer, fence bigint, late double precision)
LANGUAGE plpgsql AS $$
BEGIN
  IF NOT claim_may_find() THEN RETURN; END IF;
  RETURN QUERY
  WITH busy AS MATERIALIZED (
    SELECT tasks.job_id AS job, count(*) AS running FROM tasks WHERE tasks.status = 'running' GROUP BY tasks.job_id
  ),
  next AS (
    SELECT tasks.id FROM tasks LEFT JOIN busy ON busy.job = tasks.job_id
    WHERE tasks.status = 'pending' AND coalesce(busy.running, 0) < job_limit
    ORDER BY tasks.priority DESC, tasks.id LIMIT 1 FOR UPDATE OF tasks SKIP LOCKED
  )
  UPDATE tasks SET status = 'running', fence = tasks.fence + 1, attempts = tasks.attempts + 1, claimed_by = worker, waiting_reason = NULL,
    lease_until = clock_timestamp() + make_interval(secs => lease_seconds), heartbeat_at = now(), started_at = now()
  FROM next WHERE tasks.id = next.id
  RETURNING tasks.id, tasks.job_id, tasks.url, tasks.attempts, tasks.fence, extract(epoch FROM clock_timestamp() - tasks.due_at)::float8;
END $$;
