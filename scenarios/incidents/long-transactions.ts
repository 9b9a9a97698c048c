import { defineScenario } from '../lib/define.ts';
import { hundredMessages } from '../lib/memo.ts';

export { interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/**
 * 60 handlers on an app pool of 15. Each message is asked of two models: one takes 1 to 5 s, the other 3 to 10 s. What
 * is left late in the load is put off, so that the run can end.
 */
const theSeedsService = {
  appPoolMax: 15,
  connectionTimeoutMillis: 10000,
  poolWaitingLimit: 0,
  outboxListeners: 2,
  jobWorkers: 2,
  drainMs: 0,
  memoQueue: true,
  memoMaxConcurrency: 2,
  memoTokenBatchSize: 6,
  memoProcessingConcurrency: 5,
};
const heldThroughout = { memoHold: 'transaction' };

const idleInTransaction = {
  kind: 'series',
  series: 'postgres.sessions',
  labels: { state: 'idle in transaction' },
} as const;
const waiting = { kind: 'series', series: 'pool_connections_waiting' } as const;
const memoTime = {
  kind: 'quantile',
  series: 'pgsurge.transaction.duration',
  labels: { name: 'memo', outcome: 'ok' },
} as const;
const held = {
  cause: 'held-transactions',
  notCauses: ['app-pool', 'connection-leak', 'database-cpu', 'slow-statements', 'lock-queue'],
} as const;

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'long-transactions',
  group: 'incidents',
  title: 'Transactions held during AI calls',
  purpose:
    'A transaction that waits for somebody else’s server keeps its connection for seconds, for milliseconds of use.',
  seeds: ['004'],
  story: {
    happened:
      'The app pool was always full, while the database had hardly anything to do. A pool of twice the size only ' +
      'doubled the sessions that were idle in transaction: others still waited for a connection.',
    cause:
      'The handler opens a transaction, reads the message, asks a classifier (1 to 5 s) and a memorizer (3 to 10 ' +
      's), and then saves the memo. Its connection is held while the models think.',
    symptom:
      'Transactions last ten seconds, every connection of the pool is idle in transaction, and whoever has waited ' +
      '10 s fails with "timeout exceeded when trying to connect".',
    remedy:
      'Read, ask the models while no connection is held, then write in a transaction of its own. Price: no ' +
      'transaction guards the message meanwhile, so the code itself must see to it that no other handler takes it.',
  },
  environment: { route: 'direct', replicas: 1, service: theSeedsService },
  load: {
    phases: [{ name: 'messages', kind: 'steady', fullSeconds: 600, floorSeconds: 16, activeJobs: 0 }],
    interactivePerSecond: 10,
  },
  steps: hundredMessages('messages'),
  variants: [
    {
      name: 'broken',
      title: 'AI calls inside the transaction',
      service: heldThroughout,
      expected: 'symptoms',
      diagnosis: held,
    },
    {
      name: 'fixed',
      title: 'Read, ask, write',
      service: { memoHold: 'nothing' },
      expected: 'pass',
      diagnosis: { cause: 'none' },
      note: 'The same handlers and the same pool: only the connection is given back while the models think.',
    },
    {
      name: 'larger-pool',
      title: 'AI calls inside, pool of 30',
      service: { ...heldThroughout, appPoolMax: 30 },
      expected: 'symptoms',
      diagnosis: held,
      note: 'No remedy: twice the sessions are idle in transaction, and the queue for a connection stays.',
      symptoms: [
        {
          id: 'held-twice',
          title: 'Twice as many sessions are idle in transaction',
          tag: 'shape',
          observe: { ...idleInTransaction, statistic: 'max', comparator: '>=', value: 26 },
        },
        {
          id: 'still-waiting',
          title: 'At least 25 acquisitions still wait at once',
          tag: 'shape',
          observe: { ...waiting, statistic: 'max', comparator: '>=', value: 25 },
        },
      ],
    },
  ],
  symptoms: [
    {
      id: 'held',
      title: 'Nearly every session of the pool is idle in transaction',
      tag: 'shape',
      observe: { ...idleInTransaction, statistic: 'max', comparator: '>=', value: 13 },
    },
    {
      id: 'hold-time',
      title: 'Half of the transactions take longer than 4 s',
      tag: 'shape',
      observe: { ...memoTime, share: 0.5, comparator: '>=', value: 4 },
    },
    {
      id: 'waiting',
      title: 'More wait for a connection than the pool has',
      tag: 'shape',
      observe: { ...waiting, statistic: 'max', comparator: '>=', value: 30 },
    },
    {
      id: 'times-out',
      title: 'Whoever waits for 10 s fails',
      tag: 'exact',
      observe: { kind: 'log', component: 'service', contains: 'timeout exceeded when trying to connect' },
    },
  ],
  proofs: [
    {
      id: 'hold-time',
      title: 'Of the transactions that save a memo, 95 % take at most 0.1 s',
      tag: 'shape',
      observe: { ...memoTime, share: 0.95, comparator: '<=', value: 0.1 },
    },
    {
      id: 'hardly-a-wait',
      title: 'Of the acquisitions 95 % wait at most 0.1 s',
      tag: 'shape',
      observe: {
        kind: 'quantile',
        series: 'db.client.connection.wait_time',
        share: 0.95,
        comparator: '<=',
        value: 0.1,
      },
    },
  ],
  claims: [
    {
      text: 'Connection hold time: 10+ seconds',
      seed: '004',
      variant: 'broken',
      measure: { ...memoTime, share: 0.95, comparator: '>=', value: 10 },
    },
    {
      text: 'Reduced to ~100 ms',
      seed: '004',
      variant: 'fixed',
      measure: { ...memoTime, share: 0.95, comparator: '<=', value: 0.1 },
    },
  ],
  keyCharts: ['sessions', 'ages'],
  criteria: [
    { id: 'connection-timeouts', value: 0 },
    { id: 'idle-in-transaction' },
    { id: 'pool-recovers' },
    { id: 'api-p95' },
    { id: 'proofs' },
  ],
});
