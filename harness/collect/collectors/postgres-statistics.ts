import type { Collector } from '../collector.ts';
import { holdSlowProbe } from '../probes.ts';
import { readSql } from '../sql.ts';
import { slowIntervalMs, watchSource } from '../source-watch.ts';

/** Column of sql/statistics.sql to series. */
const seriesOfColumn: Record<string, string> = {
  commits: 'postgres.commits',
  rollbacks: 'postgres.rollbacks',
  deadlocks: 'postgres.deadlocks',
  temp_bytes: 'postgres.temp_bytes',
  blocks_read: 'postgres.blocks.read',
  blocks_hit: 'postgres.blocks.hit',
  sessions_opened: 'postgres.sessions.opened',
  sessions_abandoned: 'postgres.sessions.abandoned',
  sessions_fatal: 'postgres.sessions.fatal',
  returned: 'postgres.tuples.returned',
  fetched: 'postgres.tuples.fetched',
  inserted: 'postgres.tuples.inserted',
  updated: 'postgres.tuples.updated',
  deleted: 'postgres.tuples.deleted',
};

/** What is there now, in place of what has happened so far. */
const levelOfColumn: Record<string, string> = { dead: 'postgres.tuples.dead', live: 'postgres.tuples.live' };

export const collector: Collector = {
  id: 'postgres-statistics',
  title: 'Commits, tuples, blocks and deadlocks of the database',
  start: async (context) => {
    const probe = await holdSlowProbe(context);
    const sql = readSql('statistics');
    for (const series of Object.values(seriesOfColumn)) context.sink.declare?.(series, 'cumulative');
    return watchSource(
      context,
      'postgres-statistics',
      slowIntervalMs(context),
      async (atMs) => {
        const [row] = await probe.value.query<Record<string, number>>(sql);
        for (const [column, series] of Object.entries({ ...seriesOfColumn, ...levelOfColumn }))
          context.sink.sample(series, {}, row?.[column] ?? NaN, atMs);
      },
      [probe],
    );
  },
};
