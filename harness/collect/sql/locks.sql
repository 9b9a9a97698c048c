-- Lock requests granted and waiting, all databases of the cluster; the probe's own are left out.
SELECT count(*) FILTER (WHERE granted)::int AS held,
       count(*) FILTER (WHERE NOT granted)::int AS waiting
FROM pg_locks
WHERE pid <> pg_backend_pid()
