import type { Collector } from '../collector.ts';
import { holdSlowProbe } from '../probes.ts';
import { readSql } from '../sql.ts';
import { slowIntervalMs, watchSource } from '../source-watch.ts';

const installed = "SELECT count(*)::int AS found FROM pg_extension WHERE extname = 'pg_stat_statements'";

export const collector: Collector = {
  id: 'postgres-statements',
  title: 'Statements run and the time they took',
  start: async (context) => {
    const probe = await holdSlowProbe(context);
    const sql = readSql('statements');
    let present = false;
    context.sink.declare?.('postgres.statements.calls', 'cumulative');
    context.sink.declare?.('postgres.statements.seconds', 'cumulative');
    return watchSource(
      context,
      'postgres-statements',
      slowIntervalMs(context),
      async (atMs) => {
        present ||= (await probe.value.query<{ found: number }>(installed))[0]?.found === 1;
        // A server without the extension is no lost source.
        if (!present) return;
        const [row] = await probe.value.query<{ calls: number; seconds: number }>(sql);
        context.sink.sample('postgres.statements.calls', {}, row?.calls ?? NaN, atMs);
        context.sink.sample('postgres.statements.seconds', {}, row?.seconds ?? NaN, atMs);
      },
      [probe],
    );
  },
};
