-- The statements that are called most and those that take most time, without their literals. Statements that may hold a
-- secret as text (CREATE ROLE, ALTER ROLE) are none of these kinds.
WITH own AS MATERIALIZED (
  SELECT left(regexp_replace(query, '\s+', ' ', 'g'), 80) AS query,
         sum(calls)::float8 AS calls, sum(total_exec_time)::float8 / 1000 AS seconds,
         sum(rows)::float8 AS rows, sum(shared_blks_hit + shared_blks_read)::float8 AS pages
  FROM pg_stat_statements
  WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND userid <> (SELECT oid FROM pg_roles WHERE rolname = current_user)
    AND query ~* '^\s*(select|insert|update|delete|with|merge)\y'
  GROUP BY 1
)
(SELECT * FROM own ORDER BY calls DESC LIMIT 6) UNION (SELECT * FROM own ORDER BY seconds DESC LIMIT 6)
