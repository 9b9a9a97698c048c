import { defineScenario } from '../lib/define.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/**
 * 10 active jobs, a burst of 100 for five minutes, and 10 again: half an hour in all (001).
 * 2 s between two crawls of one job, where the other loads have 1.2 s: a job takes 5 s, so that 100 of them give 60 tasks
 * a second and leave the database its half of 0.6 cores.
 */
export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'burst',
  group: 'matrix',
  title: 'Burst and recovery',
  purpose: 'A sudden tenfold load: is anything lost, and how soon is the service itself again?',
  seeds: ['000', '001', '002'],
  environment: { route: 'pooler', replicas: 2, target: { domainDelayMs: 2000 } },
  load: {
    phases: [
      { name: 'warm-up', kind: 'warmup', fullSeconds: 60, floorSeconds: 2, activeJobs: 10 },
      { name: 'before', kind: 'steady', fullSeconds: 600, floorSeconds: 4, activeJobs: 10 },
      { name: 'burst', kind: 'burst', fullSeconds: 300, floorSeconds: 8, activeJobs: 100 },
      { name: 'recovery', kind: 'recovery', fullSeconds: 900, floorSeconds: 7, activeJobs: 10 },
    ],
    interactivePerSecond: 20,
    nominalJobsPerActiveJobMinute: 9,
  },
  variants: [{ name: 'healthy', title: 'The healthy service', settings: {}, expected: 'pass' }],
  criteria: [
    { id: 'memory-after-load', notApplicable: 'no rest follows this load' },
    { id: 'due-to-start', value: 5000 },
  ],
});
