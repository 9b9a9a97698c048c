import type { Collector } from '../collector.ts';
import { holdQuickProbe } from '../probes.ts';
import { readSql } from '../sql.ts';
import { watchSource } from '../source-watch.ts';

export const collector: Collector = {
  id: 'postgres-locks',
  title: 'Locks held and waited for',
  start: async (context) => {
    const probe = await holdQuickProbe(context);
    const sql = readSql('locks');
    return watchSource(
      context,
      'postgres-locks',
      context.intervalMs,
      async (atMs) => {
        const [row] = await probe.value.query<{ held: number; waiting: number }>(sql);
        context.sink.sample('postgres.locks.held', {}, row?.held ?? NaN, atMs);
        context.sink.sample('postgres.locks.waiting', {}, row?.waiting ?? NaN, atMs);
      },
      [probe],
    );
  },
};
