-- Connections by role, application and state, with the latest query of each (seed 002, part 5, "Current connection state").
-- Wrong in the seed: STRING_AGG(query, '; ' ORDER BY backend_start DESC LIMIT 1) is a syntax error, an aggregate takes no LIMIT;
-- and backend_start orders by login, not by query. Here: the query that started last, by query_start.
-- Role names are the seed's no more: all roles are shown. Run by a role in pg_monitor, or other roles' queries are hidden.
SELECT usename AS role,
       application_name AS application,
       state,
       count(*) AS connections,
       (array_agg(query ORDER BY query_start DESC NULLS LAST))[1] AS latest_query
FROM pg_stat_activity
WHERE backend_type = 'client backend'
  AND pid <> pg_backend_pid()
GROUP BY usename, application_name, state
ORDER BY connections DESC, role, application, state;
