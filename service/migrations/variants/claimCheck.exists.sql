-- 001: EXISTS ends with the first.
CREATE OR REPLACE FUNCTION claim_may_find() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM tasks WHERE status = 'pending');
END $$;
