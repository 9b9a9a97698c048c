import { defineScenario } from '../lib/define.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/**
 * 20 active jobs for an hour: twice the everyday load at its peak.
 */
export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: '2x',
  group: 'matrix',
  title: 'Twice the load',
  purpose: 'Growth headroom: does the service hold when the load doubles?',
  seeds: ['000', '001', '002'],
  environment: { route: 'pooler', replicas: 2, service: { domainDelayMs: 1200 } },
  load: {
    phases: [
      { name: 'warm-up', kind: 'warmup', fullSeconds: 60, floorSeconds: 2, activeJobs: 20 },
      { name: 'steady', kind: 'steady', fullSeconds: 3600, floorSeconds: 8, activeJobs: 20 },
    ],
    interactivePerSecond: 20,
  },
  variants: [{ name: 'healthy', title: 'The healthy service', expected: 'pass' }],
  criteria: [
    { id: 'burst-recovery', notApplicable: 'this load has no burst' },
    { id: 'memory-after-load', notApplicable: 'no rest follows this load' },
    { id: 'due-to-start', value: 1000 },
  ],
});
