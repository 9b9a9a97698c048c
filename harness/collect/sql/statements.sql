-- All statements of this database together, from pg_stat_statements where it is installed; the probe's own are left out.
SELECT coalesce(sum(calls), 0)::float8 AS calls, coalesce(sum(total_exec_time), 0)::float8 / 1000 AS seconds,
       coalesce(sum(rows), 0)::float8 AS rows
FROM pg_stat_statements
WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND userid <> (SELECT oid FROM pg_roles WHERE rolname = current_user)
