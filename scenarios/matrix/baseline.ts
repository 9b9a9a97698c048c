import { matrixScenario, noBurst, noRest } from '../lib/matrix.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/** 5 active jobs rising to 10 for an hour: the everyday load of 001. */
export const options = matrixScenario({
  id: 'baseline',
  title: 'Baseline load',
  purpose: 'Reference figures, against which growth, stress and releases are compared.',
  phases: [
    { name: 'warm-up', kind: 'warmup', fullSeconds: 60, floorSeconds: 2, activeJobs: 5 },
    { name: 'steady', kind: 'steady', fullSeconds: 3600, floorSeconds: 14, activeJobs: [5, 10] },
  ],
  criteria: [noBurst, noRest, { id: 'due-to-start', value: 1000 }],
});
