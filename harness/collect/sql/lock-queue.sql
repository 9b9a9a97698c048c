-- Who waits for whom, asked only while somebody waits: each session that waits with those that keep it waiting
-- (pg_blocking_pids, which counts whoever stands before it in the queue too), and those sessions themselves.
-- Of a statement its first words are kept, never its text.
WITH pids AS MATERIALIZED (
  SELECT DISTINCT pid FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid() LIMIT 40
), waiting AS MATERIALIZED (
  SELECT pid, pg_blocking_pids(pid) AS blockers,
         -- A row's lock is waited for by its transaction: the tuple's own lock tells the table.
         (SELECT relation::regclass::text FROM pg_locks
          WHERE pg_locks.pid = pids.pid AND relation IS NOT NULL AND (NOT granted OR locktype = 'tuple')
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
          ORDER BY granted LIMIT 1) AS relation
  FROM pids
), sessions AS (
  SELECT pid FROM waiting UNION SELECT unnest(blockers) FROM waiting
)
SELECT sessions.pid,
       coalesce(blockers, '{}') AS blockers,
       coalesce(relation, '') AS relation,
       coalesce(nullif(application_name, ''), usename, '') AS name,
       coalesce(state, '') AS state,
       coalesce(upper((regexp_match(query, '^\s*(?:/\*.*?\*/\s*|--[^\n]*\n\s*)*([a-z]+(?:\s+(?:table|index|view|materialized|role|database|in))?)', 'i'))[1]), '') AS does,
       coalesce(extract(epoch FROM clock_timestamp() - query_start), 0)::float8 AS seconds
FROM sessions LEFT JOIN waiting USING (pid) LEFT JOIN pg_stat_activity USING (pid)
