import { defineScenario } from '../lib/define.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/** 50 workers on a pool of 37, over a link of 40 ms: each task holds a connection for half a second. */
const theSeedsService = {
  appPoolMax: 37,
  connectionTimeoutMillis: 10000,
  poolWaitingLimit: 0,
  domainDelayMs: 0,
  warmConnections: 20,
  drainMs: 0,
  jobWorkers: 50,
  dbQueueMaxConcurrency: 0,
};
/** While the load lasts: at its end all fifty users ask for their jobs once more in the same instant, more than 37. */
const waiting = { kind: 'series', series: 'pool_connections_waiting', phase: 'jobs' } as const;

/** Of all instants the one at which most jobs ran: from a job's first claim to its end. */
const mostAtOnce = `
  SELECT max(running) FROM (
    SELECT sum(change) OVER (ORDER BY at, change) AS running FROM (
      SELECT min(task_transitions.at) AS at, 1 AS change FROM task_transitions JOIN tasks ON tasks.id = task_id
        WHERE to_status = 'running' GROUP BY job_id
      UNION ALL SELECT finished_at, -1 FROM jobs WHERE finished_at IS NOT NULL
    ) AS edges
  ) AS counted`;
/** Seconds from a job's creation to its first claim, of the job that waited longest. */
const longestWait = `
  SELECT max(extract(epoch FROM coalesce(first, now()) - created_at)) FROM jobs LEFT JOIN (
    SELECT job_id, min(task_transitions.at) AS first FROM task_transitions JOIN tasks ON tasks.id = task_id
    WHERE to_status = 'running' GROUP BY job_id
  ) AS begun ON begun.job_id = jobs.id`;

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'admission-control',
  group: 'incidents',
  title: 'No admission control',
  purpose: 'Every job starts the moment it is made, however little of the app pool is left for it.',
  seeds: ['000'],
  story: {
    happened:
      'Fifty jobs were created within seconds, and all of them could start at once. Their tasks took the whole app ' +
      'pool, and people’s requests had to wait as well.',
    cause:
      'StartJob admits every job, whatever is left of the app pool. Fifty jobs keep all 50 workers busy, each task ' +
      'holds a connection for about half a second, and the pool has 37.',
    symptom: 'At least ten jobs run at once, and acquisitions of the app pool wait as long as the load lasts.',
    remedy:
      'StartJob admits as many jobs as the pool bears, four at a time here. Price: the other jobs wait in line, in ' +
      'the order in which they came; here no job may wait longer than 30 s to start.',
  },
  environment: {
    route: 'direct',
    replicas: 1,
    stack: { linkMs: 40, maxConnections: 130, partner: { crawlMs: 50 } },
    roles: { app: { connectionLimit: 110 } },
    service: theSeedsService,
  },
  load: {
    phases: [{ name: 'jobs', kind: 'steady', fullSeconds: 600, floorSeconds: 14, activeJobs: 50 }],
    interactivePerSecond: 10,
    pagesPerJob: [4, 4],
  },
  variants: [
    {
      name: 'broken',
      title: 'Every job starts at once',
      service: { maxRunningJobs: 0 },
      expected: 'symptoms',
      diagnosis: {
        cause: 'app-pool',
        notCauses: ['held-transactions', 'pool-over-slots', 'role-limit', 'database-cpu', 'slow-statements'],
      },
    },
    {
      name: 'fixed',
      title: 'Four jobs at a time',
      service: { maxRunningJobs: 4 },
      expected: 'pass',
      diagnosis: { cause: 'none' },
      note: 'The guardrail of the seed (12 task slots: 3 to 4 jobs at a time).',
    },
  ],
  symptoms: [
    {
      id: 'running',
      title: 'At least ten jobs run at once',
      tag: 'exact',
      observe: { kind: 'sql', query: mostAtOnce, comparator: '>=', value: 10 },
    },
    {
      id: 'waiting',
      title: 'At least five acquisitions wait at once',
      tag: 'shape',
      observe: { ...waiting, statistic: 'max', comparator: '>=', value: 5 },
    },
  ],
  proofs: [
    {
      id: 'none-waits',
      title: 'Nobody waits for a connection',
      tag: 'shape',
      observe: { ...waiting, statistic: 'max', comparator: '<=', value: 0 },
    },
    {
      id: 'guardrail',
      title: 'Never more than four jobs run at once',
      tag: 'exact',
      observe: { kind: 'sql', query: mostAtOnce, comparator: '<=', value: 4 },
    },
    {
      id: 'none-starves',
      title: 'No job waits longer than 30 s to start',
      tag: 'shape',
      observe: { kind: 'sql', query: longestWait, comparator: '<=', value: 30 },
    },
    {
      id: 'queued-jobs-finish',
      title: 'Every job that was made has ended well',
      tag: 'exact',
      observe: {
        kind: 'sql',
        query: "SELECT count(*) FROM jobs WHERE status <> 'completed'",
        comparator: '=',
        value: 0,
      },
    },
  ],
  claims: [
    {
      text: '12 concurrent task slots → 3–4 jobs at a time',
      seed: '000',
      variant: 'fixed',
      measure: { kind: 'sql', query: mostAtOnce, comparator: '<=', value: 4 },
    },
  ],
  keyCharts: ['app-pool', 'jobs'],
  criteria: [
    { id: 'connection-timeouts', value: 0 },
    { id: 'pool-recovers' },
    { id: 'proofs' },
    { id: 'api-p95', notApplicable: 'a write takes four answers over a link of 40 ms' },
  ],
});
