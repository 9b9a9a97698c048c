import type { PoolerTotals } from '../../servers/pooler.ts';
import type { Collector } from '../collector.ts';
import { perPooler } from '../per-pooler.ts';
import { slowIntervalMs } from '../source-watch.ts';

/** Each series, and the total that it holds. */
const totalOf: Readonly<Record<string, keyof PoolerTotals>> = {
  'pooler.wait_seconds': 'waitSeconds',
  'pooler.transactions': 'transactions',
  'pooler.queries': 'queries',
  'pooler.query_seconds': 'querySeconds',
  'pooler.transaction_seconds': 'transactionSeconds',
  'pooler.from_clients_bytes': 'fromClientsBytes',
  'pooler.from_servers_bytes': 'fromServersBytes',
};

export const collector: Collector = {
  id: 'pooler-stats',
  title: "The pooler's transactions, queries and waits, counted since its start",
  start: async (context) => {
    for (const series of Object.keys(totalOf)) context.sink.declare?.(series, 'cumulative');
    return perPooler(context, 'pooler-stats', slowIntervalMs(context), async (pooler, console, atMs) => {
      const totals = await console.totals();
      for (const [series, total] of Object.entries(totalOf))
        context.sink.sample(series, { pooler }, totals[total], atMs);
    });
  },
};
