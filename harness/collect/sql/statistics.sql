-- Counters of this database since they were last reset, as pg_stat_database keeps them. The probe's own statements are
-- among the commits: one or two a second.
SELECT xact_commit::float8 AS commits, xact_rollback::float8 AS rollbacks, deadlocks::float8 AS deadlocks, temp_bytes::float8 AS temp_bytes,
       blks_read::float8 AS blocks_read, blks_hit::float8 AS blocks_hit,
       -- From Postgres 14 on; abandoned: the client was gone before its session ended.
       (to_jsonb(pg_stat_database) ->> 'sessions')::float8 AS sessions_opened,
       (to_jsonb(pg_stat_database) ->> 'sessions_abandoned')::float8 AS sessions_abandoned,
       (to_jsonb(pg_stat_database) ->> 'sessions_fatal')::float8 AS sessions_fatal,
       tup_returned::float8 AS returned, tup_fetched::float8 AS fetched, tup_inserted::float8 AS inserted, tup_updated::float8 AS updated, tup_deleted::float8 AS deleted,
       tables.dead, tables.live
FROM pg_stat_database,
     (SELECT coalesce(sum(n_dead_tup), 0)::float8 AS dead, coalesce(sum(n_live_tup), 0)::float8 AS live
      FROM pg_stat_user_tables) AS tables
WHERE datname = current_database()
