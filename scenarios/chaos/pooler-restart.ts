import { defineChaos, whileAway } from '../lib/chaos.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = defineChaos({
  id: 'pooler-restart',
  title: 'The pooler is restarted',
  purpose: 'An orderly restart: running queries end, every client is dropped and comes back.',
  fault: 'pooler-restart',
  holdSeconds: 1,
  allowedErrors: whileAway,
  recoverySeconds: 6,
  // Nothing gets through without it; one second more until clients and pooler have logged in again. Work: two more,
  // until it is polled and claimed.
  harm: { failedPercent: 100, forSeconds: 2, lateSeconds: 4 },
});
