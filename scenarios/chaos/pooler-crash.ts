import { defineChaos, whileAway } from '../lib/chaos.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = defineChaos({
  id: 'pooler-crash',
  title: 'The pooler is killed',
  purpose:
    'Backends outlive their pooler and commit what clients believe failed: outcomes are unknown, none may be ' +
    'lost or done twice.',
  fault: 'pooler-crash',
  holdSeconds: 2,
  allowedErrors: whileAway,
  recoverySeconds: 6,
  // Nothing gets through without it; one second more until clients and pooler have logged in again. Work: two more,
  // until it is polled and claimed.
  harm: { failedPercent: 100, forSeconds: 3, lateSeconds: 5 },
});
