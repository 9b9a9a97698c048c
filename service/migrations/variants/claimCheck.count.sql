-- Before 001: all that is pending is counted, to know whether there is one.
CREATE OR REPLACE FUNCTION claim_may_find() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  RETURN (SELECT count(*) FROM tasks WHERE status = 'pending') > 0;
END $$;
