import type { Collector } from '../collector.ts';
import { column, ownDatabase, perPooler } from '../per-pooler.ts';
import { slowIntervalMs } from '../source-watch.ts';

/** Series to column of SHOW STATS and what one of its unit is (times are microseconds there). */
const totals: Record<string, [column: string, unit: number]> = {
  'pooler.wait_seconds': ['total_wait_time', 1e-6],
  'pooler.transactions': ['total_xact_count', 1],
  'pooler.queries': ['total_query_count', 1],
  'pooler.query_seconds': ['total_query_time', 1e-6],
  'pooler.transaction_seconds': ['total_xact_time', 1e-6],
};

export const collector: Collector = {
  id: 'pooler-stats',
  title: "The pooler's transactions, queries and waits, counted since its start",
  start: async (context) => {
    for (const series of Object.keys(totals)) context.sink.declare?.(series, 'cumulative');
    return perPooler(context, 'pooler-stats', slowIntervalMs(context), async (pooler, show, atMs) => {
      const rows = (await show('SHOW STATS')).filter((row) => row['database'] !== ownDatabase);
      for (const [series, [name, unit]] of Object.entries(totals)) {
        context.sink.sample(series, { pooler }, rows.reduce((total, row) => total + column(row, name), 0) * unit, atMs);
      }
    });
  },
};
