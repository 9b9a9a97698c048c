-- Why a task waited stands in its record, too: the reason on the task goes when it is claimed.
ALTER TABLE task_transitions ADD COLUMN reason text;
CREATE OR REPLACE FUNCTION record_task_transition() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  -- Here rather than in a WHEN clause, which is read anew for every statement. A terminal row that is written at all is of interest.
  IF TG_OP = 'UPDATE' AND OLD.status = NEW.status AND OLD.fence = NEW.fence AND NEW.status NOT IN ('completed', 'failed') THEN RETURN NULL; END IF;
  IF TG_OP = 'UPDATE' AND OLD.status = 'running' THEN
    INSERT INTO task_transitions (task_id, from_status, to_status, fence, held_by, held_until, given_back, reason)
    VALUES (NEW.id, OLD.status, NEW.status, NEW.fence, OLD.claimed_by, OLD.lease_until, coalesce(NEW.claimed_by = OLD.claimed_by, false), NEW.waiting_reason);
    RETURN NULL;
  END IF;
  INSERT INTO task_transitions (task_id, from_status, to_status, fence, reason)
  VALUES (NEW.id, CASE WHEN TG_OP = 'UPDATE' THEN OLD.status END, NEW.status, NEW.fence, NEW.waiting_reason);
  RETURN NULL;
END $$;

-- As before, with the reason or without it.
DROP FUNCTION promote_due_tasks();
CREATE FUNCTION promote_due_tasks(new_reason text) RETURNS TABLE (held boolean, moved integer)
LANGUAGE plpgsql AS $$
BEGIN
  held := pg_try_advisory_xact_lock(7001);
  moved := 0;
  IF held THEN
    WITH due AS (
      SELECT id FROM tasks WHERE status = 'waiting' AND due_at <= now() AND waiting_reason IS DISTINCT FROM 'concurrency_limit'
      ORDER BY due_at LIMIT 200 FOR UPDATE SKIP LOCKED
    )
    UPDATE tasks SET status = 'pending', waiting_reason = new_reason FROM due WHERE tasks.id = due.id;
    GET DIAGNOSTICS moved = ROW_COUNT;
  END IF;
  RETURN NEXT;
END $$;
