import { matrixScenario, noRest } from '../lib/matrix.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

/** 10 active jobs, a burst of 100 for five minutes, and 10 again: half an hour in all (001). */
export const options = matrixScenario({
  id: 'burst',
  title: 'Burst and recovery',
  purpose: 'A sudden tenfold load: is anything lost, and how soon is the service itself again?',
  phases: [
    { name: 'warm-up', kind: 'warmup', fullSeconds: 60, floorSeconds: 2, activeJobs: 10 },
    { name: 'before', kind: 'steady', fullSeconds: 600, floorSeconds: 4, activeJobs: 10 },
    { name: 'burst', kind: 'burst', fullSeconds: 300, floorSeconds: 8, activeJobs: 100 },
    { name: 'recovery', kind: 'recovery', fullSeconds: 900, floorSeconds: 12, activeJobs: 10 },
  ],
  criteria: [noRest, { id: 'due-to-start', value: 5000 }],
});
