-- What each change of a task costs the database beside the change itself, made cheaper: in the burst a quarter of the
-- database's CPU was its two triggers and the plans that each session made anew.

-- With the rights of the caller, who may write these tables anyway. As SECURITY DEFINER with its own search_path it
-- read that setting anew for every row.
ALTER FUNCTION record_task_transition() SECURITY INVOKER RESET search_path;

-- One plan for all values of a statement, from a session's first call on. By default a session plans each of its first
-- five calls anew; a burst opens twenty sessions within a second, and each would do so for every statement of a task.
-- No statement of the service has a better plan for some values than for others.
DO $$ BEGIN
  EXECUTE format('ALTER DATABASE %I SET plan_cache_mode = force_generic_plan', current_database());
END $$;

-- As domains, whose rule is looked at where a value is written. A CHECK of the table was read anew and looked at by each
-- of the updates that leave these columns as they are, which are nearly all.
CREATE DOMAIN job_status AS text CHECK (VALUE IN ('queued', 'running', 'completed', 'failed'));
CREATE DOMAIN task_status AS text CHECK (VALUE IN ('waiting', 'pending', 'running', 'completed', 'failed'));
CREATE DOMAIN page_count AS integer CHECK (VALUE BETWEEN 1 AND 10000);
-- No column that a trigger names can change its type. The second is made again by each setting of counterMode.
DROP TRIGGER task_moved ON tasks;
DROP TRIGGER IF EXISTS tasks_counted_update ON tasks;
ALTER TABLE jobs
  DROP CONSTRAINT jobs_status_check,
  DROP CONSTRAINT jobs_pages_check,
  ALTER COLUMN status TYPE job_status,
  ALTER COLUMN pages TYPE page_count;
ALTER TABLE tasks
  DROP CONSTRAINT tasks_status_check,
  ALTER COLUMN status TYPE task_status;
CREATE TRIGGER task_moved AFTER UPDATE OF status, fence, claimed_by, lease_until, result, finished_at ON tasks
  FOR EACH ROW EXECUTE FUNCTION record_task_transition();

-- The job's next event, and its end where nothing of it is open any more, with the message about it: one statement. The
-- lock on its row keeps its events in order. Gives the job's status.
DROP FUNCTION move_job(uuid);
CREATE FUNCTION record_job_event(job uuid, event_type text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
  next_sequence integer;
  new_status text;
BEGIN
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
  WHERE jobs.id = job RETURNING jobs.status, jobs.event_sequence INTO new_status, next_sequence;
  INSERT INTO outbox (key, sequence, payload)
  VALUES (job, next_sequence, json_build_object('type', event_type, 'job', job, 'status', new_status)::text);
  RETURN new_status;
END $$;

-- Guarded by the claim's fencing token; false: the claim was lost. The effect is written with the status, but for the
-- seeded defect that writes it elsewhere.
DROP FUNCTION complete_task(bigint, bigint, text);
CREATE FUNCTION complete_task(task bigint, claim_fence bigint, new_result text, with_effect boolean) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  UPDATE tasks SET status = 'completed', finished_at = now(), result = new_result, lease_until = NULL
  WHERE tasks.id = task AND tasks.fence = claim_fence AND tasks.status = 'running';
  IF NOT FOUND THEN RETURN false; END IF;
  IF with_effect THEN INSERT INTO task_effects (task_id, fence) VALUES (task, claim_fence); END IF;
  RETURN true;
END $$;

-- The plain writes of a job and of a task as functions, too: as text each was parsed, its defaults read and its plan made
-- anew by every call.
CREATE FUNCTION insert_job(job_key text, tenant text, job_title text, job_pages integer, job_payload text) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
  job uuid;
BEGIN
  INSERT INTO jobs (key, tenant_id, title, pages, payload) VALUES (job_key, tenant, job_title, job_pages, job_payload)
  ON CONFLICT (key) DO NOTHING RETURNING id INTO job;
  RETURN job;
END $$;

CREATE FUNCTION insert_root(job uuid, tenant text, new_status text, new_reason text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO tasks (job_id, url, status, priority, waiting_reason)
  VALUES (job, 'https://' || tenant || '.example/' || job || '/', new_status, 0.5, new_reason);
END $$;

CREATE FUNCTION write_effect(task bigint, claim_fence bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO task_effects (task_id, fence) VALUES (task, claim_fence);
END $$;

-- What every task of a job needs to know of it.
CREATE FUNCTION job_info(job uuid) RETURNS TABLE (pages integer, tenant_id text)
LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY SELECT jobs.pages::integer, jobs.tenant_id FROM jobs WHERE jobs.id = job;
END $$;

-- How many jobs are open, in all and of the tenant, and how many the tenant may have.
CREATE FUNCTION count_open_jobs(tenant text) RETURNS TABLE (open integer, own integer, quota integer)
LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  SELECT count(*)::integer, count(*) FILTER (WHERE jobs.tenant_id = tenant)::integer,
    (SELECT tenants.quota FROM tenants WHERE tenants.id = tenant)
  FROM jobs WHERE jobs.status IN ('queued', 'running');
END $$;

-- A job as its page shows it, and the last ones of a tenant: what is asked most by those who wait for a job.
CREATE FUNCTION read_job(job uuid) RETURNS TABLE (
  id uuid, key text, tenant text, title text, pages integer, payload text, status text, error_message text,
  created_at timestamptz, total_tasks integer, waiting_tasks integer, pending_tasks integer, running_tasks integer,
  completed_tasks integer, failed_tasks integer, crawled json
)
LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  SELECT jobs.id, jobs.key, jobs.tenant_id, jobs.title, jobs.pages::integer, jobs.payload, jobs.status::text,
    jobs.error_message, jobs.created_at, jobs.total_tasks, jobs.waiting_tasks, jobs.pending_tasks, jobs.running_tasks,
    jobs.completed_tasks, jobs.failed_tasks,
    (SELECT json_build_object('pages', count(*), 'bytes', coalesce(sum(found.bytes), 0), 'duplicates', count(found.duplicate_of))
      FROM pages AS found WHERE found.job_id = jobs.id)
  FROM jobs WHERE jobs.id = job;
END $$;

CREATE FUNCTION list_jobs(of_tenant text) RETURNS TABLE (
  id uuid, key text, tenant text, title text, pages integer, payload text, status text, error_message text,
  created_at timestamptz, total_tasks integer, waiting_tasks integer, pending_tasks integer, running_tasks integer,
  completed_tasks integer, failed_tasks integer
)
LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  SELECT jobs.id, jobs.key, jobs.tenant_id, jobs.title, jobs.pages::integer, jobs.payload, jobs.status::text,
    jobs.error_message, jobs.created_at, jobs.total_tasks, jobs.waiting_tasks, jobs.pending_tasks, jobs.running_tasks,
    jobs.completed_tasks, jobs.failed_tasks
  FROM jobs WHERE jobs.tenant_id = of_tenant ORDER BY jobs.created_at DESC LIMIT 20;
END $$;
