-- Whether a claim may find anything: it is not asked.
CREATE OR REPLACE FUNCTION claim_may_find() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN true; END $$;
