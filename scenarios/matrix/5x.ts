import { defineScenario } from '../lib/define.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/**
 * 50 active jobs for two hours, then an hour of rest in which memory must come back (001: 1.0 of 2 GB after load).
 * Interactive requests go on through the rest.
 */
export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: '5x',
  group: 'matrix',
  title: 'Five times the load',
  purpose: 'Stress and regressions, and what memory is left in use once the load is gone.',
  seeds: ['000', '001', '002'],
  environment: { route: 'pooler', replicas: 2, service: { domainDelayMs: 1200 } },
  load: {
    phases: [
      { name: 'warm-up', kind: 'warmup', fullSeconds: 60, floorSeconds: 2, activeJobs: 50 },
      { name: 'steady', kind: 'steady', fullSeconds: 7200, floorSeconds: 10, activeJobs: 50 },
      { name: 'rest', kind: 'rest', fullSeconds: 3600, floorSeconds: 4, activeJobs: 0 },
    ],
    interactivePerSecond: 20,
  },
  variants: [{ name: 'healthy', title: 'The healthy service', expected: 'pass' }],
  criteria: [
    { id: 'burst-recovery', notApplicable: 'this load has no burst' },
    { id: 'due-to-start', value: 1000 },
  ],
});
