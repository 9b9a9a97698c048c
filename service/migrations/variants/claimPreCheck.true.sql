-- 001, jobHasCapacityTx: first which job has capacity, then a task of that job. Jobs at their limit cost nothing.
CREATE OR REPLACE FUNCTION claim_task_within(worker text, lease_seconds double precision, job_limit integer)
RETURNS TABLE (id bigint, job_id uuid, url text, attempts integer, fence bigint, late double precision)
LANGUAGE plpgsql AS $$
DECLARE
  chosen uuid;
BEGIN
  IF NOT claim_may_find() THEN RETURN; END IF;
  SELECT jobs.id INTO chosen FROM jobs
  WHERE jobs.status IN ('queued', 'running') AND jobs.running_tasks < job_limit AND jobs.pending_tasks > 0
  ORDER BY jobs.running_tasks, jobs.created_at LIMIT 1;
  IF chosen IS NULL THEN RETURN; END IF;
  RETURN QUERY
  WITH next AS (
    SELECT tasks.id FROM tasks WHERE tasks.job_id = chosen AND tasks.status = 'pending'
    ORDER BY tasks.priority DESC, tasks.id LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  UPDATE tasks SET status = 'running', fence = tasks.fence + 1, attempts = tasks.attempts + 1, claimed_by = worker, waiting_reason = NULL,
    lease_until = clock_timestamp() + make_interval(secs => lease_seconds), heartbeat_at = now(), started_at = now()
  FROM next WHERE tasks.id = next.id
  RETURNING tasks.id, tasks.job_id, tasks.url, tasks.attempts, tasks.fence, extract(epoch FROM clock_timestamp() - tasks.due_at)::float8;
END $$;
