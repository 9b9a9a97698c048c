-- Counters move by one with each task that moves: O(1) per change (001, long-term 3).
CREATE OR REPLACE FUNCTION count_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  was text := CASE WHEN TG_OP = 'UPDATE' THEN OLD.status END;
BEGIN
  IF was = NEW.status THEN RETURN NULL; END IF;
  UPDATE jobs SET
    total_tasks     = total_tasks     + (TG_OP = 'INSERT')::int,
    waiting_tasks   = waiting_tasks   + (NEW.status = 'waiting')::int   - (was IS NOT DISTINCT FROM 'waiting')::int,
    pending_tasks   = pending_tasks   + (NEW.status = 'pending')::int   - (was IS NOT DISTINCT FROM 'pending')::int,
    running_tasks   = running_tasks   + (NEW.status = 'running')::int   - (was IS NOT DISTINCT FROM 'running')::int,
    completed_tasks = completed_tasks + (NEW.status = 'completed')::int - (was IS NOT DISTINCT FROM 'completed')::int,
    failed_tasks    = failed_tasks    + (NEW.status = 'failed')::int    - (was IS NOT DISTINCT FROM 'failed')::int,
    status          = CASE WHEN status = 'queued' AND NEW.status = 'running' THEN 'running' ELSE status END,
    progress_at     = now()
  WHERE id = NEW.job_id;
  RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS tasks_counted_insert ON tasks;
DROP TRIGGER IF EXISTS tasks_counted_update ON tasks;
CREATE TRIGGER tasks_counted_insert AFTER INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION count_tasks();
CREATE TRIGGER tasks_counted_update AFTER UPDATE OF status ON tasks
  FOR EACH ROW EXECUTE FUNCTION count_tasks();
