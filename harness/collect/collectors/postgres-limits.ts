import type { Collector } from '../collector.ts';
import { holdSlowProbe } from '../probes.ts';
import { readSql } from '../sql.ts';
import { slowIntervalMs, watchSource } from '../source-watch.ts';

interface Row extends Record<string, unknown> {
  max_connections: number;
  reserved: number;
  started: number;
  role_limits: Record<string, number>;
}

export const collector: Collector = {
  id: 'postgres-limits',
  title: 'max_connections, reserved slots, role limits, the start of the server',
  start: async (context) => {
    const probe = await holdSlowProbe(context);
    const sql = readSql('limits');
    return watchSource(
      context,
      'postgres-limits',
      slowIntervalMs(context),
      async (atMs) => {
        const [row] = await probe.value.query<Row>(sql);
        context.sink.sample('postgres.max_connections', {}, row?.max_connections ?? NaN, atMs);
        context.sink.sample('postgres.reserved_connections', {}, row?.reserved ?? NaN, atMs);
        context.sink.sample('postgres.started', {}, row?.started ?? NaN, atMs);
        for (const [role, limit] of Object.entries(row?.role_limits ?? {}))
          context.sink.sample('postgres.role_limit', { role }, limit, atMs);
      },
      [probe],
    );
  },
};
