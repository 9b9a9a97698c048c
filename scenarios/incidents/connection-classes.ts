import { defineScenario } from '../lib/define.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/**
 * Eighteen connections over a link of 25 ms. Fifty workers crawl quick sites, so that nearly all that they do is done
 * on a connection: a quarter of a second for each task.
 */
const theSeedsService = {
  connectionTimeoutMillis: 5000,
  poolWaitingLimit: 0,
  jobWorkers: 50,
  dbQueueMaxConcurrency: 0,
  domainDelayMs: 0,
  drainMs: 0,
};
const interactiveP95 = {
  kind: 'quantile',
  series: 'http_req_duration',
  labels: { kind: 'interactive' },
  share: 0.95,
} as const;

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'connection-classes',
  group: 'incidents',
  title: 'Batch and people share a pool',
  purpose:
    'Background work stands in the same line for connections as people’s requests, and there is always more of it.',
  seeds: ['000'],
  story: {
    happened:
      'While crawls ran in the background, people’s requests took several times as long as usual. None of them ' +
      'failed.',
    cause:
      'Crawl workers and people’s requests share one role and one pool of 18 connections. Fifty workers ask for ' +
      'connections all the time, so that a request waits in the same line as they do.',
    symptom: 'p95 of people’s requests is above 300 ms (200 ms is the bound), and acquisitions wait all the time.',
    remedy:
      'Give batch work a role and a smaller pool of its own: 8 connections for crawls, 10 for people, 18 together ' +
      'as before. Price: crawls may use 8 connections where they could use 18, so that they take longer.',
  },
  environment: {
    route: 'direct',
    replicas: 1,
    stack: { linkMs: 25, partner: { crawlMs: 50 } },
    service: theSeedsService,
  },
  load: {
    phases: [{ name: 'crawls', kind: 'steady', fullSeconds: 600, floorSeconds: 12, activeJobs: 30 }],
    interactivePerSecond: 20,
    pagesPerJob: [8, 8],
  },
  variants: [
    {
      name: 'broken',
      title: 'One pool of 18',
      service: { appPoolMax: 18, batchPoolMax: 0 },
      expected: 'symptoms',
      diagnosis: {
        cause: 'app-pool',
        notCauses: ['held-transactions', 'pool-over-slots', 'database-cpu', 'slow-statements'],
      },
    },
    {
      name: 'fixed',
      title: '10 for people, 8 for batch',
      service: { appPoolMax: 10, batchPoolMax: 8 },
      expected: 'pass',
      diagnosis: { cause: 'none' },
      note: 'Batch work still waits for connections of its own pool, and may: nobody else waits behind it.',
    },
  ],
  symptoms: [
    {
      id: 'slow-pages',
      title: 'p95 of interactive requests above 300 ms',
      tag: 'shape',
      observe: { ...interactiveP95, comparator: '>=', value: 300 },
    },
    {
      id: 'waiting',
      title: 'At least twenty acquisitions wait at once',
      tag: 'shape',
      observe: { kind: 'series', series: 'pool_connections_waiting', statistic: 'max', comparator: '>=', value: 20 },
    },
  ],
  proofs: [
    {
      id: 'own-role',
      title: 'Batch has sessions under a role of its own, at most eight',
      tag: 'exact',
      observe: {
        kind: 'series',
        series: 'postgres.sessions',
        labels: { role: 'app_batch' },
        statistic: 'max',
        comparator: '<=',
        value: 8,
      },
    },
  ],
  keyCharts: ['latency', 'app-pool'],
  criteria: [
    { id: 'api-p95' },
    { id: 'goodput', value: 99 },
    { id: 'connection-timeouts', value: 0 },
    { id: 'pool-recovers' },
    { id: 'proofs' },
  ],
});
