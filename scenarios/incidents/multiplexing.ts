import { defineScenario } from '../lib/define.ts';

export { client, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/** All at one instant, then each rests until the end: 1,000 × 250 ms on 50 sessions take 5 s. */
const clients = { count: 1000, holdMs: 250, restSeconds: 20 };

const timedOut = 'query_wait_timeout';
const poolerClients = { kind: 'series', series: 'pooler.clients' } as const;
const sessions = { kind: 'series', series: 'postgres.sessions', labels: { role: 'app' } } as const;

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'multiplexing',
  group: 'incidents',
  title: 'A thousand clients on fifty sessions',
  purpose: 'A pooler that lends sessions to connections, not to transactions, serves fifty of a thousand clients.',
  seeds: ['002'],
  story: {
    happened:
      'A pooler was in place and all its 50 sessions were taken, though most of them did nothing. Hundreds of ' +
      'clients waited for one and were sent away.',
    cause:
      '`pool_mode = session`: a client keeps its session as long as it stays connected, and an app pool stays ' +
      'connected. So 50 clients keep the 50 sessions, and the others wait until `query_wait_timeout` (8 s here) ' +
      'ends their wait.',
    symptom:
      'FATAL: query_wait_timeout, hundreds of waiting clients in SHOW POOLS, and 50 sessions in pg_stat_activity of ' +
      'which most are idle.',
    remedy:
      '`pool_mode = transaction` lends a session for one transaction, so that 50 sessions serve 1,000 clients. ' +
      'Price: what lives in a session (SET, LISTEN, advisory locks, prepared statements) is lost between ' +
      'transactions, and when all 1,000 ask at once the last ones wait for seconds.',
  },
  environment: {
    route: 'pooler',
    replicas: 4,
    // 1,100 rather than the seed's 1,000: the replicas' own workers and the probes would push clients out.
    // Shortened from 120 s to 8 s: within a client's patience of 10 s.
    pooler: { poolSize: 50, maxClientConn: 1100, queryWaitTimeoutSeconds: 8 },
    roles: { app: { connectionLimit: 60 } },
    service: {
      // A few more than the clients need, for the workers and the people beside them.
      appPoolMax: 260,
      warmConnections: 250,
      connectionTimeoutMillis: 5000,
      jobWorkers: 4,
      outboxListeners: 0,
      poolWaitingLimit: 0,
    },
  },
  load: {
    phases: [{ name: 'all-at-once', kind: 'burst', fullSeconds: 13, floorSeconds: 13, activeJobs: 0, clients }],
    interactivePerSecond: 3,
  },
  variants: [
    {
      name: 'broken',
      title: 'Session mode',
      pooler: { mode: 'session' },
      expected: 'symptoms',
      diagnosis: { cause: 'pool-mode', notCauses: ['app-pool', 'slow-statements', 'held-transactions'] },
    },
    {
      name: 'fixed',
      title: 'Transaction mode',
      pooler: { mode: 'transaction' },
      expected: 'pass',
      diagnosis: { cause: 'none', notCauses: ['pool-mode'] },
      note: 'Twenty clients share a session. It multiplexes connections, not work: see how long the last ones wait.',
    },
  ],
  symptoms: [
    {
      id: 'sent-away',
      title: 'Clients are sent away with query_wait_timeout, at least 200 of them',
      tag: 'shape',
      observe: { kind: 'log', component: 'pooler', contains: timedOut, atLeast: 200 },
    },
    {
      id: 'said-by-service',
      title: 'The service’s log says the same',
      tag: 'exact',
      observe: { kind: 'log', component: 'service', contains: timedOut, atLeast: 100 },
    },
    {
      id: 'clients-wait',
      title: 'At least 200 clients wait at once',
      tag: 'shape',
      observe: { ...poolerClients, labels: { state: 'waiting' }, statistic: 'max', comparator: '>=', value: 200 },
    },
    {
      id: 'idle-sessions',
      title: 'Meanwhile 40 of the 50 sessions or more are idle',
      tag: 'shape',
      observe: {
        ...sessions,
        labels: { role: 'app', state: 'idle' },
        statistic: 'max',
        phase: 'all-at-once',
        fromSeconds: 4,
        withinSeconds: 13,
        comparator: '>=',
        value: 40,
      },
    },
  ],
  claims: [
    {
      text: '1000 client connections → 50 PostgreSQL connections (20:1 multiplexing): at most 50 sessions',
      seed: '002',
      variant: 'fixed',
      measure: { ...sessions, statistic: 'max', comparator: '<=', value: 50 },
    },
    {
      text: '1000 client connections at once',
      seed: '002',
      variant: 'fixed',
      measure: { ...poolerClients, statistic: 'max', comparator: '>=', value: 1000 },
    },
    {
      text: 'The price in latency: somebody waits for at most 1 s in the pooler when all 1,000 ask at once',
      seed: '002',
      variant: 'fixed',
      measure: { kind: 'series', series: 'pooler.maxwait', statistic: 'max', comparator: '<=', value: 1 },
      refuted:
        '1,000 clients × 250 ms on 50 sessions are 5 s of work. Multiplexing is free only while each client uses a ' +
        'twentieth of a session.',
    },
  ],
  keyCharts: ['pooler', 'sessions'],
  criteria: [
    { id: 'goodput', value: 100 },
    { id: 'connection-timeouts' },
    { id: 'pool-recovers' },
    { id: 'pooler-errors' },
    { id: 'api-p95', notApplicable: 'all 1,000 clients ask at one instant: how long the last ones wait is a claim' },
    { id: 'burst-recovery', notApplicable: 'the burst is the whole load' },
  ],
});
