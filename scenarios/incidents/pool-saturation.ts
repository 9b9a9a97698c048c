import { defineScenario } from '../lib/define.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/**
 * A pool of 37 over a link of 40 ms. A claim is a transaction that reads the task's job on a second connection, since
 * nothing of it is cached. Tasks that are due are looked for every six seconds, so that many become pending at once and
 * every idle worker claims.
 */
const theSeedsService = {
  appPoolMax: 37,
  warmConnections: 37,
  connectionTimeoutMillis: 6000,
  poolWaitingLimit: 0,
  poolSaturatedError: true,
  claimMode: 'transaction',
  cacheTtlMs: 0,
  domainDelayMs: 0,
  waitingMode: 'polling',
  waitingPollMs: 6000,
  drainMs: 0,
  watchdogNoProgressSeconds: 1800,
  watchdogFloorSeconds: 10,
};
const fifty = { jobWorkers: 50, dbQueueMaxConcurrency: 0 };
const thirty = { jobWorkers: 30, dbQueueMaxConcurrency: 12 };
const failedBy = (reason: string): string =>
  `SELECT count(*) FROM jobs WHERE status = 'failed' AND error_message LIKE '${reason}'`;
const watchdog = 'no progress for 30 minutes%';

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'pool-saturation',
  group: 'incidents',
  title: 'Connection pool saturation',
  purpose: 'Workers without a limit claim tasks of several large jobs at once, and the claims take the whole app pool.',
  seeds: ['000'],
  story: {
    happened:
      'With several large jobs at once the workers stood still and callers were refused with 429. After 30 minutes ' +
      'without progress (10 s here) the watchdog failed jobs.',
    cause:
      '50 workers claim tasks at the same moment. Each claim holds one connection and needs a second one to end. ' +
      'Once claims hold all 37 connections, none gets its second one until acquisitions time out.',
    symptom: 'Workers log ErrPoolSaturated, callers get 429, and jobs fail with "no progress for 30 minutes".',
    remedy:
      '30 workers and at most 12 claims at once (`DB_QUEUE_MAX_CONCURRENCY`): they need 24 of the 37 connections. ' +
      'Price: fewer tasks are worked on at once. Or a pool of 70 for 50 workers. Price: 33 more sessions, and 70 ' +
      'workers can stand still again.',
  },
  environment: {
    route: 'direct',
    replicas: 1,
    stack: { linkMs: 40, maxConnections: 130, partner: { crawlMs: 200 } },
    roles: { app: { connectionLimit: 110 } },
    service: theSeedsService,
  },
  load: {
    phases: [{ name: 'large-jobs', kind: 'steady', fullSeconds: 600, floorSeconds: 20, activeJobs: 16 }],
    interactivePerSecond: 10,
    pagesPerJob: [5, 5],
  },
  variants: [
    {
      name: 'broken',
      title: '50 workers, no claim limit',
      service: fifty,
      expected: 'symptoms',
      diagnosis: {
        cause: 'nested-checkout',
        notCauses: [
          'pool-over-slots',
          'role-limit',
          'database-cpu',
          'slow-statements',
          'lock-queue',
          'connection-leak',
        ],
      },
    },
    {
      name: 'fixed',
      title: '30 workers, 12 claim slots',
      service: thirty,
      expected: 'pass',
      diagnosis: { cause: 'none' },
      note: 'The hotfix of the seed: it keeps the claims well below the pool. Fewer tasks are worked on at once.',
    },
    {
      name: 'pool-70',
      title: '50 workers, pool of 70',
      service: { ...fifty, appPoolMax: 70 },
      expected: 'pass',
      diagnosis: { cause: 'none' },
      note: 'No other change: 50 claims leave 20 connections, and each claim ends. 70 workers could saturate it again.',
    },
    {
      name: 'forbidden-pages',
      title: 'The fix, and sites that answer 403',
      service: thirty,
      expected: 'symptoms',
      diagnosis: { cause: 'unknown', notCauses: ['nested-checkout', 'app-pool', 'slow-statements', 'retry-storm'] },
      reference: { stack: { linkMs: 40, maxConnections: 130, partner: { crawlMs: 200, forbiddenShare: 0.05 } } },
      note: 'Jobs fail here, too, and say that a site answered 403: operators tell that from saturation.',
      symptoms: [
        {
          id: 'reason-403',
          title: 'Jobs failed by a 403 of the site say so',
          tag: 'exact',
          observe: { kind: 'sql', query: failedBy('%HTTP 403%'), comparator: '>=', value: 1 },
        },
        {
          id: 'no-watchdog',
          title: 'The watchdog failed none',
          tag: 'exact',
          observe: { kind: 'sql', query: failedBy(watchdog), comparator: '=', value: 0 },
        },
      ],
    },
  ],
  symptoms: [
    {
      id: 'claims-fail',
      title: 'Claims fail with ErrPoolSaturated',
      tag: 'exact',
      observe: { kind: 'log', component: 'service', contains: 'claim failed: ErrPoolSaturated', atLeast: 20 },
    },
    {
      id: 'callers-refused',
      title: 'Callers get 429, since no connection is to be had',
      tag: 'exact',
      observe: {
        kind: 'series',
        series: 'http_reqs',
        labels: { status: '429' },
        statistic: 'sum',
        comparator: '>=',
        value: 1,
      },
    },
    {
      id: 'watchdog',
      title: 'The watchdog fails jobs, and the reason stands on them',
      tag: 'exact',
      observe: { kind: 'sql', query: failedBy(watchdog), comparator: '>=', value: 1 },
    },
    {
      id: 'warned',
      title: 'The watchdog warned of a stuck job before it failed one',
      tag: 'exact',
      observe: { kind: 'log', component: 'service', contains: 'is stuck: no progress for half' },
    },
  ],
  proofs: [
    {
      id: 'no-watchdog',
      title: 'The watchdog fails no job',
      tag: 'exact',
      observe: { kind: 'sql', query: failedBy(watchdog), comparator: '=', value: 0 },
    },
    {
      id: 'jobs-complete',
      title: 'At least 12 jobs complete',
      tag: 'shape',
      observe: {
        kind: 'sql',
        query: "SELECT count(*) FROM jobs WHERE status = 'completed'",
        comparator: '>=',
        value: 12,
      },
    },
  ],
  claims: [
    {
      text: 'Operators see “no progress for 30 minutes” versus WAF/403 failures',
      seed: '000',
      variant: 'forbidden-pages',
      measure: { kind: 'sql', query: failedBy('%HTTP 403%'), comparator: '>=', value: 1 },
    },
  ],
  keyCharts: ['app-pool', 'jobs'],
  criteria: [
    { id: 'connection-timeouts', value: 0 },
    { id: 'pool-recovers' },
    { id: 'proofs' },
    { id: 'api-p95', notApplicable: 'what people wait for is the subject of connection-classes' },
  ],
});
