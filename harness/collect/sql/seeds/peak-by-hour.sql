-- Peak connections by hour (seed 002, part 5, "Peak connections by hour").
-- Wrong in the seed: pg_stat_activity has no column backend_pid (it is pid), nor schemaname and tablename; and it knows only the
-- present, so grouping NOW() by hour gives one row, and COUNT is no peak. Postgres keeps no history of sessions: pgsurge's samples do.
-- For DuckDB, run in a folder reports/<run>/samples/<entry>/ of a finished run; hours are counted from the run's start.
WITH totals AS (
  SELECT t, sum(value) AS connections
  FROM read_parquet('samples.parquet') AS samples
  JOIN read_json('series.ndjson', format = 'newline_delimited', columns = {id: 'INTEGER', name: 'VARCHAR'}) AS series ON series.id = samples.series
  WHERE series.name = 'postgres.sessions'
  GROUP BY t
)
SELECT t // 3600000 AS hour, max(connections) AS peak_connections, round(avg(connections), 1) AS mean_connections
FROM totals
GROUP BY hour
ORDER BY hour;
