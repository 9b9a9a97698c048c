-- Links were found: the priorities of their pages rise, of pages that were crawled, too. In the order of the rows, so
-- that two who raise the same pages do not wait for each other. How many rows were written, and how many of them rose.
CREATE FUNCTION raise_priorities(job uuid, page_urls text[], new_priorities real[], skip_unchanged boolean)
RETURNS TABLE (written integer, changed integer) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY
  WITH wanted AS (
    SELECT found.url, max(found.priority) AS priority
    FROM unnest(page_urls, new_priorities) AS found (url, priority) GROUP BY found.url
  ),
  held AS MATERIALIZED (
    SELECT tasks.id, wanted.priority AS new FROM tasks JOIN wanted ON wanted.url = tasks.url
    WHERE tasks.job_id = job AND NOT (skip_unchanged AND tasks.priority >= wanted.priority)
    ORDER BY tasks.id FOR UPDATE OF tasks
  ),
  before AS MATERIALIZED (SELECT tasks.id, tasks.priority AS was FROM tasks JOIN held ON held.id = tasks.id),
  raised AS (
    UPDATE tasks SET priority = greatest(tasks.priority, held.new) FROM held WHERE tasks.id = held.id
    RETURNING tasks.id, tasks.priority
  )
  SELECT count(*)::integer, (count(*) FILTER (WHERE raised.priority > before.was))::integer
  FROM raised JOIN before ON before.id = raised.id;
END $$;
DROP FUNCTION raise_priority(uuid, text, real, boolean);

-- A priority is no part of what happened to a task, and may rise after its end.
DROP TRIGGER task_moved ON tasks;
CREATE TRIGGER task_moved AFTER UPDATE OF status, fence, claimed_by, lease_until, result, finished_at ON tasks
  FOR EACH ROW EXECUTE FUNCTION record_task_transition();
