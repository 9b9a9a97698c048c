import { matrixScenario, noBurst, noRest } from '../lib/matrix.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/** 20 active jobs for an hour: twice the everyday load at its peak. */
export const options = matrixScenario({
  id: '2x',
  title: 'Twice the load',
  purpose: 'Growth headroom: does the service hold when the load doubles?',
  phases: [
    { name: 'warm-up', kind: 'warmup', fullSeconds: 60, floorSeconds: 2, activeJobs: 20 },
    { name: 'steady', kind: 'steady', fullSeconds: 3600, floorSeconds: 8, activeJobs: 20 },
  ],
  criteria: [noBurst, noRest, { id: 'due-to-start', value: 1000 }],
});
