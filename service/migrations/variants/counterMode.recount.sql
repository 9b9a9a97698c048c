-- The seed's first triggers (001): every change of a task counts all tasks of its job again, O(n).
CREATE OR REPLACE FUNCTION count_tasks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.status = NEW.status THEN RETURN NULL; END IF;
  -- The row lock first, so that the counts below are taken on a snapshot no other change can outdate.
  PERFORM 1 FROM jobs WHERE id = NEW.job_id FOR UPDATE;
  UPDATE jobs SET
    total_tasks     = (SELECT count(*) FROM tasks WHERE job_id = NEW.job_id),
    waiting_tasks   = (SELECT count(*) FROM tasks WHERE job_id = NEW.job_id AND tasks.status = 'waiting'),
    pending_tasks   = (SELECT count(*) FROM tasks WHERE job_id = NEW.job_id AND tasks.status = 'pending'),
    running_tasks   = (SELECT count(*) FROM tasks WHERE job_id = NEW.job_id AND tasks.status = 'running'),
    completed_tasks = (SELECT count(*) FROM tasks WHERE job_id = NEW.job_id AND tasks.status = 'completed'),
    failed_tasks    = (SELECT count(*) FROM tasks WHERE job_id = NEW.job_id AND tasks.status = 'failed'),
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
