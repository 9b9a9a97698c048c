/** The app pool's instruments, by the semantic conventions for database client pools where they have a name for it. */
import pg from 'pg';
import type { Metrics, Tally, Timing } from './metrics.ts';

export interface PoolCounts {
  total: number;
  idle: number;
  waiting: number;
  max: number;
}

/** `empty`: it found nothing to do. */
export type TransactionOutcome = 'ok' | 'failed' | 'empty';

export interface PoolInstruments {
  acquisitions: Tally;
  timeouts: Tally;
  transactions: Tally;
  waitTime: Timing;
  useTime: Timing;
  createTime: Timing;
  operation: Timing;
  transactionTime: Timing;
}

type PoolName = { 'db.client.connection.pool.name': string };

/** What is read at each export. */
const addGauges = (metrics: Metrics, poolName: PoolName, counts: () => PoolCounts): void => {
  metrics.gauge('db.client.connection.count', 'Connections of the app pool', () => {
    const { total, idle } = counts();
    return [
      [{ ...poolName, state: 'used' }, total - idle],
      [{ ...poolName, state: 'idle' }, idle],
    ];
  });
  metrics.gauge('db.client.connection.pending_requests', 'Acquisitions waiting', () => [[poolName, counts().waiting]]);
  metrics.gauge('db.client.connection.max', 'Most connections the app pool may hold', () => [[poolName, counts().max]]);
  metrics.gauge('pool_connections_waiting', 'Acquisitions waiting, by the name of seed 004', () => [
    [poolName, counts().waiting],
  ]);
};

const labelledTally = (metrics: Metrics, poolName: PoolName, name: string, description: string): Tally => {
  const counter = metrics.tally(name, description);
  return { add: (count) => counter.add(count, poolName) };
};

const labelledTiming = (metrics: Metrics, poolName: PoolName, name: string, description: string): Timing => {
  const histogram = metrics.timing(name, description);
  return { record: (seconds, labels) => histogram.record(seconds, { ...poolName, ...labels }) };
};

export const poolInstruments = (metrics: Metrics, name: string, counts: () => PoolCounts): PoolInstruments => {
  const poolName = { 'db.client.connection.pool.name': name };
  addGauges(metrics, poolName, counts);
  return {
    acquisitions: labelledTally(metrics, poolName, 'pgsurge.acquisitions', 'Connections asked for'),
    timeouts: labelledTally(metrics, poolName, 'db.client.connection.timeouts', 'Acquisitions that timed out'),
    waitTime: labelledTiming(metrics, poolName, 'db.client.connection.wait_time', 'Time to get a connection'),
    useTime: labelledTiming(metrics, poolName, 'db.client.connection.use_time', 'Time a connection was held'),
    createTime: labelledTiming(metrics, poolName, 'db.client.connection.create_time', 'Time to open a connection'),
    operation: metrics.timing('db.client.operation.duration', 'Duration of a query'),
    transactions: metrics.tally('pgsurge.transactions', 'Transactions'),
    transactionTime: metrics.timing('pgsurge.transaction.duration', 'BEGIN to COMMIT as the service sees it'),
  };
};

/** node-pg's client, with its time to connect measured here since the pool has no event for the start of it. */
export const timedClient = (instruments: PoolInstruments): typeof pg.Client =>
  class TimedClient extends pg.Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config);
      const sinceMs = performance.now();
      this.once('connect', () => instruments.createTime.record((performance.now() - sinceMs) / 1000));
    }
  };
