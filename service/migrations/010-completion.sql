-- As in 002: the statements of a completion as functions, whose plans each server session keeps. Each is still a round
-- trip of its own; planning one anew cost the database more than running it.

-- Holds the task's row until the transaction ends, so that nobody takes the claim meanwhile; false: it was lost before.
CREATE FUNCTION hold_claim(task bigint, claim_fence bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM tasks WHERE tasks.id = task AND tasks.fence = claim_fence AND tasks.status = 'running' FOR UPDATE;
  RETURN FOUND;
END $$;

-- The page of the job that has this content already, if there is one.
CREATE FUNCTION find_duplicate(job uuid, hash bytea) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT pages.task_id FROM pages WHERE pages.job_id = job AND pages.content_hash = hash LIMIT 1);
END $$;

CREATE FUNCTION store_page(
  task bigint, job uuid, page_url text, page_title text, hash bytea, page_bytes integer, original bigint
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO pages (task_id, job_id, url, title, content_hash, bytes, duplicate_of)
  VALUES (task, job, page_url, page_title, hash, page_bytes, original) ON CONFLICT (task_id) DO NOTHING;
END $$;

-- Those of the addresses that are tasks of the job already.
CREATE FUNCTION known_links(job uuid, urls text[]) RETURNS TABLE (url text, priority real)
LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY SELECT tasks.url, tasks.priority FROM tasks WHERE tasks.job_id = job AND tasks.url = ANY (urls);
END $$;

-- New links wait, one delay apart. The task's row is locked before the trigger of the new rows locks the job's row.
CREATE FUNCTION insert_links(
  job uuid, delay_seconds double precision, links text[], task bigint, new_reason text
) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  WITH held AS MATERIALIZED (SELECT 1 FROM tasks WHERE tasks.id = task AND tasks.status = 'running' FOR UPDATE)
  INSERT INTO tasks (job_id, url, status, priority, due_at, waiting_reason)
  SELECT job, link, 'waiting', 0.5, now() + make_interval(secs => position * delay_seconds), new_reason
  FROM held, unnest(links) WITH ORDINALITY AS found (link, position);
END $$;

-- Guarded by the claim's fencing token; false: the claim was lost.
CREATE FUNCTION complete_task(task bigint, claim_fence bigint, new_result text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE tasks SET status = 'completed', finished_at = now(), result = new_result, lease_until = NULL
  WHERE tasks.id = task AND tasks.fence = claim_fence AND tasks.status = 'running';
  RETURN FOUND;
END $$;

-- The job's next event, and its end where nothing of it is open any more. The lock on its row keeps its events in order.
CREATE FUNCTION move_job(job uuid) RETURNS TABLE (status text, event_sequence integer)
LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  UPDATE jobs SET event_sequence = jobs.event_sequence + 1,
    status = CASE WHEN waiting_tasks + pending_tasks + running_tasks > 0 THEN jobs.status
                  WHEN jobs.status IN ('completed', 'failed') THEN jobs.status
                  WHEN failed_tasks > 0 THEN 'failed' ELSE 'completed' END,
    error_message = CASE WHEN waiting_tasks + pending_tasks + running_tasks = 0 AND failed_tasks > 0
                         THEN coalesce(error_message, failed_tasks || ' of ' || total_tasks ||
                           ' pages failed, one with '
                           || (SELECT failure_reason FROM tasks WHERE job_id = jobs.id AND tasks.status = 'failed' LIMIT 1))
                         ELSE error_message END,
    finished_at = CASE WHEN waiting_tasks + pending_tasks + running_tasks = 0 THEN coalesce(finished_at, now()) END
  WHERE jobs.id = job RETURNING jobs.status, jobs.event_sequence;
END $$;
