import { defineScenario } from '../lib/define.ts';
import { activeJobPolled } from '../lib/journeys.ts';

export { interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/** Its jobs take 3 to 9 s. Users begin within 3.5 s, so that 100 jobs do not go on in one wave until their end. */
export const activeJob = activeJobPolled({ mean: 3.5, jitter: 1 });

/**
 * 10 active jobs, a burst of 100 for five minutes, and 10 again: half an hour in all (001).
 * 3 s between two crawls of one job, where the other loads have 1.2 s: 100 active jobs then are 12 jobs, 37 tasks and
 * 29 polls a second, and leave service and database half of their 0.8 and 0.6 cores, waiting for a core counted in.
 */
export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'burst',
  group: 'matrix',
  title: 'Burst and recovery',
  purpose: 'A sudden tenfold load: is anything lost, and how soon is the service itself again?',
  seeds: ['000', '001', '002'],
  environment: { route: 'pooler', replicas: 2, service: { domainDelayMs: 3000 } },
  load: {
    phases: [
      { name: 'warm-up', kind: 'warmup', fullSeconds: 60, floorSeconds: 2, activeJobs: 10 },
      { name: 'before', kind: 'steady', fullSeconds: 600, floorSeconds: 4, activeJobs: 10 },
      { name: 'burst', kind: 'burst', fullSeconds: 300, floorSeconds: 8, activeJobs: 100 },
      { name: 'recovery', kind: 'recovery', fullSeconds: 900, floorSeconds: 8, activeJobs: 10 },
    ],
    interactivePerSecond: 20,
  },
  variants: [{ name: 'healthy', title: 'The healthy service', expected: 'pass' }],
  criteria: [
    { id: 'memory-after-load', notApplicable: 'no rest follows this load' },
    { id: 'due-to-start', value: 5000 },
  ],
});
