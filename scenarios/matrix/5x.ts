import { matrixScenario, noBurst } from '../lib/matrix.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/**
 * 50 active jobs for two hours, then an hour of rest in which memory must come back (001: 1.0 of 2 GB after load).
 * Interactive requests go on through the rest.
 */
export const options = matrixScenario({
  id: '5x',
  title: 'Five times the load',
  purpose: 'Stress and regressions, and what memory is left in use once the load is gone.',
  phases: [
    { name: 'warm-up', kind: 'warmup', fullSeconds: 60, floorSeconds: 2, activeJobs: 50 },
    { name: 'steady', kind: 'steady', fullSeconds: 7200, floorSeconds: 12, activeJobs: 50 },
    { name: 'rest', kind: 'rest', fullSeconds: 3600, floorSeconds: 4, activeJobs: 0 },
  ],
  criteria: [noBurst, { id: 'due-to-start', value: 1000 }],
});
