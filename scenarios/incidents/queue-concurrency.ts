import { defineScenario } from '../lib/define.ts';
import { handled, handledAtLeast, hundredMessages, noneWaits } from '../lib/memo.ts';

export { interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/**
 * A pool of 30, of which three listeners keep one connection each. A hundred messages wait when the load begins: each
 * is asked of two models, which take 4 to 15 s together. What is left late in the load is put off, so that the run
 * can end.
 * The handlers ask within 80 ms of each other and the listeners twice a second. When the handlers looked half as often
 * they came over 200 ms, and listeners that asked among the first of them were served after 4 s, by chance all three.
 * In one run of seven that still happens. Whoever asks later is served, too, when the handlers before have given up
 * after 10 s: with two seconds between their looks no listener failed in two runs of two.
 */
const theSeedsService = {
  appPoolMax: 30,
  connectionTimeoutMillis: 10000,
  poolWaitingLimit: 0,
  poolLogSeconds: 600,
  listenConnections: 'per-listener',
  outboxListeners: 3,
  outboxPollMs: 500,
  jobWorkers: 2,
  drainMs: 0,
  memoQueue: true,
  memoPollMs: 200,
  memoHold: 'transaction',
};
const hundred = { memoMaxConcurrency: 2, memoTokenBatchSize: 10, memoProcessingConcurrency: 5 };
const nine = { memoMaxConcurrency: 1, memoTokenBatchSize: 3, memoProcessingConcurrency: 3 };

const handlers = { kind: 'series', series: 'queue_handlers_concurrent' } as const;
const waiting = { kind: 'series', series: 'pool_connections_waiting' } as const;
const inUse = { kind: 'series', series: 'db.client.connection.count', labels: { state: 'used' } } as const;
const noTimeouts = { series: 'db.client.connection.timeouts', statistic: 'sum', comparator: '=', value: 0 } as const;
const timesOut = 'timeout exceeded when trying to connect';
const held = { cause: 'held-transactions', notCauses: ['connection-leak', 'database-cpu', 'slow-statements'] } as const;

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'queue-concurrency',
  group: 'incidents',
  title: 'Excessive queue concurrency',
  purpose: 'A hundred handlers, each with a connection for as long as an AI takes to answer, share an app pool of 30.',
  seeds: ['004'],
  story: {
    happened:
      'Whenever many messages came at once, the queue’s own ticker and the broadcast handlers failed, and people’s ' +
      'requests waited up to ten seconds. The database had hardly anything to do.',
    cause:
      '2 ticks × 10 tokens × 5 messages allow 100 handlers. Each opens a transaction and keeps its connection while ' +
      'it asks two models, 4 to 15 s. The app pool has 30 connections, of which 3 belong to listeners.',
    symptom:
      '100 handlers run, the pool is full of sessions idle in transaction, and whoever has waited 10 s fails with ' +
      '"timeout exceeded when trying to connect".',
    remedy:
      'Allow 1 × 3 × 3 = 9 handlers. Price: 9 messages are handled at once where the pool had room for 27. Better, ' +
      'read, ask the models while no connection is held, then write: all 100 run. Price: no transaction guards a ' +
      'message meanwhile, so the code itself must see to it that no other handler takes it.',
  },
  environment: { route: 'direct', replicas: 1, service: theSeedsService },
  load: {
    phases: [{ name: 'messages', kind: 'steady', fullSeconds: 600, floorSeconds: 18, activeJobs: 0 }],
    interactivePerSecond: 5,
  },
  steps: hundredMessages('messages'),
  variants: [
    { name: 'broken', title: '2 × 10 × 5 handlers', service: hundred, expected: 'symptoms', diagnosis: held },
    {
      name: 'fixed',
      title: '1 × 3 × 3 handlers',
      service: nine,
      expected: 'pass',
      diagnosis: held,
      note: 'The stop-gap of the seed: the pool is safe, the transactions are still held, and nine is all that runs.',
    },
    {
      name: 'backpressure',
      title: 'As many as the pool bears',
      service: { ...hundred, memoBackpressure: true },
      expected: 'pass',
      diagnosis: held,
      proofs: [
        noneWaits,
        handledAtLeast(24),
        {
          id: 'stays',
          title: 'The number of handlers has found its level after 6 s and keeps it',
          tag: 'shape',
          observe: {
            kind: 'series',
            series: 'queue_handlers_allowed',
            statistic: 'min',
            phase: 'messages',
            fromSeconds: 6,
            comparator: '>=',
            value: 12,
          },
        },
      ],
      note: 'More handlers below 50 % of the pool, fewer above 80 %: more than nine, and the pool is never full.',
    },
    {
      name: 'released',
      title: '100 handlers that hold nothing',
      service: { ...hundred, memoHold: 'nothing' },
      expected: 'pass',
      diagnosis: { cause: 'none' },
      proofs: [handledAtLeast(60)],
      note: 'The proper fix: read, ask the models with no connection held, then write.',
    },
    {
      name: 'outgrown',
      title: '1 × 3 × 3 handlers, more messages',
      service: nine,
      expected: 'symptoms',
      diagnosis: held,
      reference: { load: { interactivePerSecond: 40 } },
      note: 'The stop-gap as it is under eight times the notes: nothing fails, and the queue only grows.',
      symptoms: [
        {
          id: 'falls-behind',
          title: 'More messages are open at the end than there were at the beginning',
          tag: 'shape',
          observe: {
            kind: 'sql',
            query: 'SELECT count(*) FROM memo_messages WHERE done_at IS NULL',
            comparator: '>',
            value: 100,
          },
        },
      ],
    },
  ],
  symptoms: [
    {
      id: 'ticker-fails',
      title: 'The queue’s own ticker gets no connection',
      tag: 'exact',
      observe: { kind: 'log', component: 'service', contains: `queue-manager ticker: ${timesOut}` },
    },
    {
      id: 'broadcast-fails',
      title: 'Broadcast handlers get no connection',
      tag: 'exact',
      observe: { kind: 'log', component: 'service', contains: `broadcast-handler: ${timesOut}` },
    },
    {
      id: 'handlers',
      title: 'A hundred handlers run at once',
      tag: 'exact',
      observe: { ...handlers, statistic: 'max', comparator: '=', value: 100 },
    },
    {
      id: 'waiting',
      title: 'More wait for a connection than the pool has',
      tag: 'shape',
      observe: { ...waiting, statistic: 'max', comparator: '>=', value: 60 },
    },
  ],
  claims: [
    {
      text: 'Safe for 30 connection pool: max concurrent handlers 1 × 3 × 3 = 9',
      seed: '004',
      variant: 'fixed',
      measure: { ...handlers, statistic: 'max', comparator: '<=', value: 9 },
    },
    {
      text: 'Pool stable: 12 total, 9 idle, 0 waiting (so three in use once the messages are done)',
      seed: '004',
      variant: 'fixed',
      measure: { ...inUse, statistic: 'last', comparator: '=', value: 3 },
    },
    {
      text: 'No timeout errors after 2+ minutes of monitoring',
      seed: '004',
      variant: 'fixed',
      measure: { kind: 'series', ...noTimeouts },
    },
    {
      text: 'Messages handled by 9 handlers',
      seed: 'ours',
      variant: 'fixed',
      measure: { kind: 'sql', query: handled, comparator: '>', value: 0 },
    },
  ],
  proofs: [noneWaits],
  keyCharts: ['app-pool', 'handlers'],
  criteria: [{ id: 'connection-timeouts', value: 0 }, { id: 'pool-recovers' }, { id: 'proofs' }],
});
