import { defineScenario } from '../lib/define.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = defineScenario({
  schema: 'pgsurge.scenario/1',
  id: 'baseline',
  group: 'matrix',
  title: 'Baseline load',
  purpose: 'Reference figures: the everyday load, against which growth, stress and releases are compared.',
  seeds: ['001'],
  environment: { route: 'pooler', replicas: 2 },
  load: {
    phases: [
      { name: 'warm-up', kind: 'warmup', fullSeconds: 60, floorSeconds: 2, activeJobs: 5 },
      { name: 'steady', kind: 'steady', fullSeconds: 3600, floorSeconds: 12, activeJobs: [5, 10] },
    ],
    interactivePerSecond: 20,
  },
  variants: [{ name: 'healthy', title: 'The healthy service', settings: {}, expected: 'pass' }],
  criteria: [],
});
