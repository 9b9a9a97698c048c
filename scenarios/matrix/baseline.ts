import { defineScenario } from '../lib/define.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/**
 * 5 active jobs rising to 10 for an hour: the everyday load of 001.
 */
export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'baseline',
  group: 'matrix',
  title: 'Baseline load',
  purpose: 'Reference figures, against which growth, stress and releases are compared.',
  seeds: ['000', '001', '002'],
  environment: { route: 'pooler', replicas: 2, service: { domainDelayMs: 1200 } },
  load: {
    phases: [
      { name: 'warm-up', kind: 'warmup', fullSeconds: 60, floorSeconds: 2, activeJobs: 5 },
      { name: 'steady', kind: 'steady', fullSeconds: 3600, floorSeconds: 14, activeJobs: [5, 10] },
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
