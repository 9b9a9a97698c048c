import { defineScenario } from '../lib/define.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/**
 * The database takes 90 connections. Fifty jobs are active, as in the load test of the seed. 46 workers crawl quick
 * sites for them; over a link of 40 ms a task holds a connection for twelve answers of the database, half a second. A
 * job has eight pages: with four, so many jobs ended at once that for 0.4 s there was less work than connections.
 */
const theSeedsService = {
  jobWorkers: 46,
  dbQueueMaxConcurrency: 0,
  poolWaitingLimit: 0,
  connectionTimeoutMillis: 10000,
  domainDelayMs: 0,
  drainMs: 0,
};
const waiting = { kind: 'series', series: 'pool_connections_waiting' } as const;
const inUse = { kind: 'series', series: 'db.client.connection.count', labels: { state: 'used' } } as const;
/** The first tasks have come by then, and the last are not yet done. */
const atWork = { phase: 'fifty-jobs', fromSeconds: 5, withinSeconds: 12 } as const;

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'pool-resize',
  group: 'incidents',
  title: 'App pool below the work at hand',
  purpose: 'Fifty jobs keep more workers busy than the app pool has connections, while the database has room for them.',
  seeds: ['001'],
  story: {
    happened:
      'Under fifty jobs all work took some hundred milliseconds longer. Nothing failed, and the database had ' +
      'connection slots to spare.',
    cause:
      '46 workers and people’s requests together want more than the 37 connections of the app pool. Each further ' +
      'acquisition waits until somebody else’s transaction ends.',
    symptom: 'All 37 connections are in use and acquisitions wait, second after second, as long as the jobs last.',
    remedy:
      'A pool of 70 of the database’s 90 connections, so that 20 stay free for others. Price: up to 33 more ' +
      'sessions and their memory, and a second replica with such a pool no longer fits.',
  },
  environment: {
    route: 'pooler',
    replicas: 1,
    stack: { linkMs: 40, maxConnections: 90, partner: { crawlMs: 50 } },
    roles: { app: { connectionLimit: 80 } },
    pooler: { poolSize: 75 },
    service: theSeedsService,
  },
  load: {
    phases: [{ name: 'fifty-jobs', kind: 'steady', fullSeconds: 600, floorSeconds: 14, activeJobs: 50 }],
    interactivePerSecond: 10,
    pagesPerJob: [8, 8],
  },
  variants: [
    {
      name: 'broken',
      title: 'Pool of 37, 15 warm',
      service: { appPoolMax: 37, warmConnections: 15 },
      expected: 'symptoms',
      diagnosis: {
        cause: 'app-pool',
        notCauses: ['held-transactions', 'pooler-pool', 'pool-over-slots', 'role-limit', 'database-cpu'],
      },
    },
    {
      name: 'fixed',
      title: 'Pool of 70, 20 warm',
      service: { appPoolMax: 70, warmConnections: 20 },
      expected: 'pass',
      diagnosis: { cause: 'none' },
      note: 'It leaves 20 of the database’s 90 connections to others; a second replica of this size would not fit.',
    },
  ],
  symptoms: [
    {
      id: 'all-in-use',
      title: 'All 37 connections are in use, all the time',
      tag: 'shape',
      observe: { ...inUse, ...atWork, statistic: 'min', comparator: '>=', value: 35 },
    },
    {
      id: 'sustained-waits',
      title: 'Acquisitions wait, all the time',
      tag: 'shape',
      observe: { ...waiting, ...atWork, statistic: 'min', comparator: '>=', value: 1 },
    },
  ],
  proofs: [
    {
      id: 'none-waits',
      title: 'Nobody waits for a connection once the pool has opened them',
      tag: 'shape',
      observe: { ...waiting, ...atWork, statistic: 'max', comparator: '<=', value: 0 },
    },
  ],
  claims: [
    {
      text: '~150 MB memory impact of 70 connections',
      seed: '001',
      variant: 'fixed',
      measure: {
        kind: 'series',
        series: 'process.memory_bytes',
        labels: { component: 'database' },
        statistic: 'max',
        comparator: '>=',
        value: 150_000_000,
      },
    },
    {
      text: '70 logical → ~10-15 actual connections with transaction pooling',
      seed: '001',
      variant: 'fixed',
      measure: {
        kind: 'series',
        series: 'pooler.servers',
        labels: { state: 'active' },
        statistic: 'max',
        comparator: '<=',
        value: 15,
      },
      refuted:
        'A transaction keeps its server connection from BEGIN to COMMIT, over every round trip of the link: as many ' +
        'are in use behind the pooler as the service has transactions open.',
    },
  ],
  keyCharts: ['app-pool', 'sessions'],
  criteria: [
    { id: 'connection-timeouts', value: 0 },
    { id: 'pool-utilisation' },
    { id: 'database-connections' },
    { id: 'pool-recovers' },
    { id: 'proofs' },
    { id: 'api-p95', notApplicable: 'a write takes four answers over a link of 40 ms' },
  ],
});
