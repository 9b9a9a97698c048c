import type { PoolerPool } from '../../servers/pooler.ts';
import type { Collector, Sink } from '../collector.ts';
import { groupGauge } from '../group-gauge.ts';
import { perPooler } from '../per-pooler.ts';

interface Count {
  labels: Record<string, string>;
  value: number;
}

const countsOf = (pooler: string, pools: readonly PoolerPool[], side: 'clients' | 'servers'): Count[] =>
  pools.flatMap((pool) =>
    Object.entries(pool[side]).map(([state, value]) => ({ labels: { pooler, database: pool.database, state }, value })),
  );

const recorder = (sink: Sink): ((pooler: string, pools: readonly PoolerPool[], atMs: number) => void) => {
  const clients = groupGauge(sink, 'pooler.clients');
  const servers = groupGauge(sink, 'pooler.servers');
  return (pooler, pools, atMs) => {
    clients(atMs, countsOf(pooler, pools, 'clients'));
    servers(atMs, countsOf(pooler, pools, 'servers'));
    for (const { database, longestWaitSeconds } of pools)
      sink.sample('pooler.maxwait', { pooler, database }, longestWaitSeconds, atMs);
  };
};

export const collector: Collector = {
  id: 'pooler-pools',
  title: "The pooler's clients and servers by state, and the longest wait",
  start: async (context) => {
    const recorders = context.stack.poolers.map(() => recorder(context.sink));
    return perPooler(context, 'pooler-pools', context.intervalMs, async (pooler, console, atMs) => {
      recorders[Number(pooler)]?.(pooler, await console.pools(), atMs);
    });
  },
};
