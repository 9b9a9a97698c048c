-- Two replicas whose timers fire together wait for each other, some milliseconds: it is one statement. Where the second
-- gave up instead and looked again later, every tenth task or so started 100 ms late for that alone.
-- One at a time, since two passes would lock the rows of the same jobs in different orders.
DROP FUNCTION promote_due_tasks(text);
CREATE FUNCTION promote_due_tasks(new_reason text) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  moved integer;
  until timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock(7001);
  until := clock_timestamp();
  WITH due AS (
    SELECT id FROM tasks WHERE status = 'waiting' AND due_at <= until AND waiting_reason IS DISTINCT FROM 'concurrency_limit'
    ORDER BY due_at LIMIT 200 FOR UPDATE SKIP LOCKED
  )
  UPDATE tasks SET status = 'pending', waiting_reason = new_reason FROM due WHERE tasks.id = due.id;
  GET DIAGNOSTICS moved = ROW_COUNT;
  RETURN moved;
END $$;
