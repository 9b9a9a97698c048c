import { defineScenario } from '../lib/define.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

const least = 4;
const theSeedsService = {
  jobWorkers: least,
  scalingMinWorkers: least,
  scalingMaxWorkers: 30,
  scalingEveryMs: 500,
  appPoolMax: 20,
  dbQueueMaxConcurrency: 0,
  domainDelayMs: 50,
  workerPollMs: 500,
};
const broken = { scalingMode: 'silent' };
const fixed = { scalingMode: 'decided' };

/** Decided again, with the reason, from what stands in the rows, by the rule as the documents have it. */
const agreement = `
  SELECT coalesce(avg((decision || ' ' || reason = CASE
    WHEN pending > 0 AND busy >= workers AND workers >= cap THEN 'no_change at_cap'
    WHEN pending > 0 AND busy >= workers AND pool_used >= 0.8 * pool_max THEN 'no_change no_pool_headroom'
    WHEN pending > 0 AND busy >= workers THEN 'scale_up all_busy'
    WHEN idle_looks >= 3 AND workers > least THEN 'scale_down idle'
    WHEN pending > 0 THEN 'no_change workers_free'
    WHEN workers > least THEN 'no_change not_idle_for_long'
    ELSE 'no_change at_least' END)::integer), 0)::float8
  FROM scaling_evaluations`;
const withoutCause = `
  SELECT count(*) FROM scaling_evaluations
  WHERE decision = 'no_change' AND reason = 'at_cap' AND workers = ${least} AND pool_used < 0.5 * pool_max`;
const workers = { kind: 'series', series: 'queue_workers' } as const;

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'worker-scaling',
  group: 'incidents',
  title: 'Scaling that looks and never adds a worker',
  purpose: 'The number of workers is evaluated again and again, nothing comes of it, and nobody can tell why.',
  seeds: ['001'],
  story: {
    happened:
      'Tasks piled up while the service evaluated twice a second whether it needed more workers. It never got one, ' +
      'and no line said why.',
    cause:
      'The most workers that it might have was the number it started with, so each look ended in "no change". What ' +
      'it had looked at, and why it decided so, was written nowhere.',
    symptom: 'Workers all busy, tasks pending, most of the app pool free, and no change.',
    remedy:
      'Cap the workers by the room in the app pool, and write each decision with its reason: scale_up, scale_down or ' +
      'no_change, and what was seen. Price: one row for each look; the workers take up to four fifths of the pool, ' +
      'and one finishes its task before it stops, so scaling down is slow.',
  },
  environment: { route: 'direct', replicas: 1, stack: { partner: { crawlMs: 300 } }, service: theSeedsService },
  load: {
    phases: [
      { name: 'jobs', kind: 'steady', fullSeconds: 300, floorSeconds: 12, activeJobs: 8 },
      { name: 'quiet', kind: 'rest', fullSeconds: 60, floorSeconds: 9, activeJobs: 0 },
    ],
    interactivePerSecond: 5,
    pagesPerJob: [14, 18],
  },
  variants: [
    {
      name: 'broken',
      title: 'Looks, and never adds one',
      service: broken,
      expected: 'symptoms',
      diagnosis: { cause: 'unknown', notCauses: ['app-pool', 'slow-statements', 'service-cpu'] },
    },
    {
      name: 'fixed',
      title: 'A cap by the pool, and a reason for each decision',
      service: fixed,
      expected: 'pass',
      diagnosis: { cause: 'none' },
      note: 'One row for each look; a worker that leaves finishes its task first.',
    },
  ],
  symptoms: [
    {
      id: 'no-reason',
      title: 'Again and again: tasks pend, all workers are busy, the pool is mostly free, and nothing changes',
      tag: 'shape',
      observe: { kind: 'sql', query: withoutCause, comparator: '>=', value: 5 },
    },
    {
      id: 'never-more',
      title: 'There are never more workers than at the start, which are four',
      tag: 'exact',
      observe: { ...workers, statistic: 'max', comparator: '<=', value: least },
    },
  ],
  proofs: [
    {
      id: 'workers-come',
      title: 'Workers come: three times as many at the most',
      tag: 'shape',
      observe: { ...workers, statistic: 'max', comparator: '>=', value: 3 * least },
    },
    {
      id: 'workers-go',
      title: 'Workers go: at most twice the least are left once nothing is to do',
      tag: 'shape',
      observe: { ...workers, statistic: 'min', phase: 'quiet', fromSeconds: 6, comparator: '<=', value: 2 * least },
    },
    {
      id: 'agree',
      title: 'At least 99 of 100 decisions and their reasons are those that the rows say',
      tag: 'exact',
      observe: { kind: 'sql', query: agreement, comparator: '>=', value: 0.99 },
    },
    {
      id: 'said',
      title: 'The log says why',
      tag: 'exact',
      observe: { kind: 'log', component: 'service', contains: 'scaling: scale_up (all_busy)' },
    },
  ],
  claims: [
    {
      text: "Understand why scaling doesn't occur despite evaluations: looks that the log explains",
      seed: '001',
      measure: { kind: 'log', component: 'service', contains: 'scaling: ', atLeast: 10 },
    },
    ...['scale_up', 'scale_down', 'no_change'].map((decision) => ({
      text: `Scaling decisions breakdown: ${decision}, by the metric`,
      seed: '001',
      variant: 'fixed',
      measure: {
        kind: 'series' as const,
        series: 'scaling_decisions',
        labels: { decision },
        statistic: 'sum' as const,
        comparator: '>=' as const,
        value: 1,
      },
    })),
    {
      text: 'Validate if caps/limits are appropriate: looks that end at the cap though most of the pool is free',
      seed: '001',
      measure: { kind: 'sql', query: withoutCause, comparator: '=', value: 0 },
    },
    {
      text: 'Scaling evaluations: how many looks in all',
      seed: '001',
      measure: { kind: 'sql', query: 'SELECT count(*) FROM scaling_evaluations', comparator: '>=', value: 10 },
    },
  ],
  keyCharts: ['workers'],
  criteria: [{ id: 'proofs' }],
});
