-- Sessions by user (seed 002, option B, "Verify cluster isn't overloaded"), beside the share of max_connections of which the
-- seed alerts at 80 %. The seed's query runs, but counts server processes too (they have no user); those are left out here.
SELECT usename AS role,
       count(*) AS connections,
       round(100.0 * count(*) / current_setting('max_connections')::int, 1) AS percent_of_max_connections
FROM pg_stat_activity
WHERE backend_type = 'client backend'
  AND pid <> pg_backend_pid()
GROUP BY usename
ORDER BY connections DESC, role;
