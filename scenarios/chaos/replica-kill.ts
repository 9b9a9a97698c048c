import { defineChaos } from '../lib/chaos.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = defineChaos({
  id: 'replica-kill',
  title: 'A replica is killed in the middle of a task',
  purpose: 'Its leases run out, others take its tasks over, no effect happens twice.',
  fault: 'replica-kill',
  holdSeconds: 2,
  allowedErrors: ['connection-lost'],
  recoverySeconds: 7,
  // What is under way at that replica is lost; what comes next finds no connection there and goes to the other one.
  // Work: its tasks are free when their lease of 3 s is over, and claimed within three more.
  harm: { failedPercent: 5, forSeconds: 3, lateSeconds: 6 },
});
