import { defineScenario } from '../lib/define.ts';
import { shows } from '../lib/shows.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/**
 * 50 workers as in the seed, and fewer connections than workers, as there. A page with 50 links makes 50 tasks that are
 * due at one instant, so 50 workers claim together. The first query about the job waits in the app pool's line behind
 * the claims that were there before it: it takes far longer than a worker waits for another to fill the cache, however
 * long two busy cores need for 50 claims of one job, each of which locks the job's row.
 */
const theSeedsService = {
  jobWorkers: 50,
  dbQueueMaxConcurrency: 0,
  appPoolMax: 20,
  warmConnections: 20,
  poolWaitingLimit: 0,
  domainDelayMs: 0,
  cacheTtlMs: 600,
  cacheWaitMs: 15,
  cacheForNewJobs: true,
  // The pages of a job end one after the other, each with two round trips under the lock of the job's row.
  connectionTimeoutMillis: 20_000,
  taskLeaseSeconds: 30,
};
const broken = { cacheMode: 'wait-then-load' };
const fixed = { cacheMode: 'single-flight' };

/** What the database itself counted, whoever asked. */
const queriesOfInformation = `
  SELECT coalesce(sum(calls), 0) FROM pg_stat_statements
  WHERE query LIKE 'SELECT * FROM job_info(%'`;
const queriesPerJob = `SELECT (${queriesOfInformation})::float8 / greatest(1, (SELECT count(*) FROM jobs))`;
const manyQueries = shows('shape', 'queries-per-job', 'At least 30 queries about each job', {
  kind: 'sql',
  query: queriesPerJob,
  comparator: '>=',
  value: 30,
});
/** The pages of one job end one after the other in each variant: what sessions wait for is that job's row. */
const waitsForTheJob = { cause: 'lock-queue', notCauses: ['slow-statements'] } as const;

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'cache-stampede',
  group: 'incidents',
  title: 'Cache stampede',
  purpose: 'Fifty workers miss the same cached row at the same instant, and each of them asks the database for it.',
  seeds: ['001'],
  story: {
    happened:
      'Under 45 to 50 jobs the log filled with "Cache did not become available", and the database answered the same ' +
      'question about the same job some fifty times within a moment.',
    cause:
      'The information about a job was kept in a cache that the first worker to miss was to fill, while the others ' +
      'waited for it. The query took longer than they waited, so all of them loaded it by themselves.',
    symptom:
      'Each time the entry has expired when the workers begin together there are nearly as many queries as workers, ' +
      'and warnings.',
    remedy:
      'Single flight: the query itself is kept from the moment it is sent, and whoever misses meanwhile waits for ' +
      'its answer, a request that adds a job as well. Fifty workers, one query. Price: where the one query fails or ' +
      'is slow, all that wait for it share that.',
  },
  environment: {
    route: 'direct',
    replicas: 1,
    // Claims of one job's tasks follow each other; without a wait for the disk they come close together.
    stack: { linkMs: 40, postgres: { synchronous_commit: 'off' } },
    service: theSeedsService,
  },
  load: {
    phases: [
      { name: 'jobs', kind: 'steady', fullSeconds: 120, floorSeconds: 12, activeJobs: 1 },
      // The last job's workers begin together, too, while the link is as it was.
      { name: 'last-job', kind: 'rest', fullSeconds: 15, floorSeconds: 5, activeJobs: 0 },
    ],
    interactivePerSecond: 2,
    pagesPerJob: [51, 51],
  },
  variants: [
    {
      name: 'broken',
      title: 'Each worker loads, after a wait in vain',
      service: broken,
      expected: 'symptoms',
      diagnosis: waitsForTheJob,
      note: 'The queries are quick and nobody fails: it is work that need not be done, and it grows with the workers.',
    },
    {
      name: 'fixed',
      title: 'Single flight',
      service: fixed,
      expected: 'pass',
      diagnosis: { ...waitsForTheJob, notCauses: ['n-plus-one', 'slow-statements'] },
      note: 'An error of the one query is shared too: all that waited for it see it, and the next one asks anew.',
    },
    {
      name: 'each-miss',
      title: 'Each worker loads at once',
      service: { cacheMode: 'each-miss' },
      expected: 'symptoms',
      diagnosis: waitsForTheJob,
      symptoms: [manyQueries],
      note: 'Without the wait there are no warnings, and the stampede is the same: the wait was no remedy.',
    },
  ],
  symptoms: [
    manyQueries,
    {
      id: 'warning',
      title: 'The log warns thirty times or more, in the words of the seed: for most of the fifty workers',
      tag: 'shape',
      observe: {
        kind: 'log',
        component: 'service',
        contains: 'Cache did not become available',
        atLeast: 30,
      },
    },
  ],
  proofs: [
    {
      id: 'queries-per-job',
      title: 'Fifty-one tasks of a job ask once for each time the entry has expired',
      tag: 'shape',
      observe: { kind: 'sql', query: queriesPerJob, comparator: '<=', value: 5 },
    },
  ],
  claims: [
    {
      text: 'Concurrent AddJob/prepareTask calls share the same DB query: look-ups that shared one',
      seed: '001',
      variant: 'fixed',
      measure: {
        kind: 'series',
        series: 'cache_requests',
        labels: { result: 'shared' },
        statistic: 'sum',
        comparator: '>=',
        value: 1,
      },
    },
    {
      text: 'Reduce DB queries during cache misses by 90% (50 workers → 1 query)',
      seed: '001',
      variant: 'fixed',
      relativeTo: 'broken',
      measure: { kind: 'sql', query: queriesPerJob, comparator: '<=', value: 0.1 },
    },
    {
      text: 'Eliminate "Cache did not become available" warnings: lines that say so',
      seed: '001',
      variant: 'broken',
      measure: { kind: 'log', component: 'service', contains: 'Cache did not become available' },
    },
    {
      text: 'Cache hit/miss rates by job: lines that say how many of each',
      seed: '001',
      measure: { kind: 'log', component: 'service', contains: 'cache of job' },
    },
    ...['expired', 'job ended'].map((reason) => ({
      text: `Cache invalidation frequency with reason tracking: "${reason}", of each completed task`,
      seed: '001',
      measure: {
        kind: 'share' as const,
        series: 'cache_invalidations',
        labels: { reason },
        of: { series: 'task_completions' },
        comparator: '<=' as const,
        value: 0.1,
      },
    })),
    {
      text: 'Cache size monitoring: most entries at once',
      seed: '001',
      measure: { kind: 'series', series: 'cache_entries', statistic: 'max', comparator: '>=', value: 1 },
    },
  ],
  keyCharts: ['cache'],
  criteria: [{ id: 'proofs' }, { id: 'goodput' }],
});
