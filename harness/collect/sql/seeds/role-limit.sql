-- CONNECTION LIMIT of each role that can log in, and its sessions now (seed 002, option B, "Verify").
-- Wrong in the seed: SELECT * FROM pg_user has no such column, so it shows the role but not the limit; pg_roles has it (-1: none).
SELECT rolname AS role,
       rolconnlimit AS connection_limit,
       (SELECT count(*) FROM pg_stat_activity WHERE usesysid = pg_roles.oid AND backend_type = 'client backend') AS connections
FROM pg_roles
WHERE rolcanlogin
ORDER BY role;
