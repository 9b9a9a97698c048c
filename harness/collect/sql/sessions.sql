-- Sessions of clients by role, application, state and wait, each tick (catalogue A; seed 002 part 5 asks for the first three).
-- Left out: this probe's own sessions (application_name pgsurge-probe), and server processes.
-- "starting": not past authentication. Postgres 18 says so itself; before, such a session has no state and no role.
-- A role without pg_monitor sees no state of others: those rows come as "hidden", never as zero.
SELECT coalesce(usename, '') AS role,
       coalesce(application_name, '') AS application,
       CASE WHEN state IS NOT NULL THEN state
            WHEN query = '<insufficient privilege>' THEN 'hidden'
            ELSE 'starting' END AS state,
       CASE WHEN state IS DISTINCT FROM 'idle' THEN coalesce(wait_event_type, '') ELSE '' END AS wait_event_type,
       count(*)::int AS sessions,
       coalesce(max(extract(epoch FROM clock_timestamp() - xact_start)), 0)::float8 AS transaction_seconds,
       coalesce(max(extract(epoch FROM clock_timestamp() - state_change)) FILTER (WHERE state LIKE 'idle in transaction%'), 0)::float8 AS idle_in_transaction_seconds,
       coalesce(max(extract(epoch FROM clock_timestamp() - query_start))
                FILTER (WHERE state = 'active' AND coalesce(wait_event_type, '') NOT IN ('Lock', 'Client')), 0)::float8 AS statement_seconds
FROM pg_stat_activity
WHERE (backend_type = 'client backend' OR (backend_type IS NULL AND usename IS NOT NULL))
  AND coalesce(application_name, '') <> 'pgsurge-probe'
GROUP BY 1, 2, 3, 4
