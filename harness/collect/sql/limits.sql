-- What bounds the number of sessions: the server's settings, and the CONNECTION LIMIT of each role that has one
-- (pg_roles: pg_user, which seed 002 asks, does not show the limit).
SELECT current_setting('max_connections')::int AS max_connections,
       current_setting('superuser_reserved_connections')::int + coalesce(current_setting('reserved_connections', true)::int, 0) AS reserved,
       extract(epoch FROM pg_postmaster_start_time())::float8 AS started,
       (SELECT coalesce(json_object_agg(rolname, rolconnlimit), '{}') FROM pg_roles WHERE rolconnlimit >= 0) AS role_limits
