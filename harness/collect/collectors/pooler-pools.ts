import type { Collector, Sink } from '../collector.ts';
import { groupGauge } from '../group-gauge.ts';
import { column, ownDatabase, perPooler } from '../per-pooler.ts';

/** State to columns of SHOW POOLS; the pools of one database (one per user) are added up. */
const clientColumns: Record<string, string[]> = {
  active: ['cl_active'],
  waiting: ['cl_waiting'],
  cancelling: ['cl_active_cancel_req', 'cl_waiting_cancel_req', 'cl_cancel_req'],
};
const serverColumns: Record<string, string[]> = {
  active: ['sv_active'],
  idle: ['sv_idle'],
  used: ['sv_used'],
  tested: ['sv_tested'],
  login: ['sv_login'],
  cancelling: ['sv_active_cancel', 'sv_being_canceled'],
};

type Row = Record<string, unknown>;

const counts = (
  rows: readonly Row[],
  pooler: string,
  states: Record<string, string[]>,
): { labels: Record<string, string>; value: number }[] =>
  rows.flatMap((row) =>
    Object.entries(states).map(([state, columns]) => ({
      labels: { pooler, database: String(row['database']), state },
      value: columns.reduce((total, name) => total + column(row, name), 0),
    })),
  );

const recorder = (sink: Sink): ((pooler: string, rows: readonly Row[], atMs: number) => void) => {
  const clients = groupGauge(sink, 'pooler.clients');
  const servers = groupGauge(sink, 'pooler.servers');
  return (pooler, rows, atMs) => {
    clients(atMs, counts(rows, pooler, clientColumns));
    servers(atMs, counts(rows, pooler, serverColumns));
    for (const [database, pools] of Map.groupBy(rows, (row) => String(row['database']))) {
      const longest = Math.max(...pools.map((row) => column(row, 'maxwait') + column(row, 'maxwait_us') / 1e6));
      sink.sample('pooler.maxwait', { pooler, database }, longest, atMs);
    }
  };
};

export const collector: Collector = {
  id: 'pooler-pools',
  title: "The pooler's clients and servers by state, and the longest wait",
  start: async (context) => {
    const recorders = context.stack.poolers.map(() => recorder(context.sink));
    return perPooler(context, 'pooler-pools', context.intervalMs, async (pooler, show, atMs) => {
      const rows = await show('SHOW POOLS');
      recorders[Number(pooler)]?.(
        pooler,
        rows.filter((row) => row['database'] !== ownDatabase),
        atMs,
      );
    });
  },
};
