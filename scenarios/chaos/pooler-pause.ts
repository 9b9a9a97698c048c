import { defineChaos } from '../lib/chaos.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = defineChaos({
  id: 'pooler-pause',
  title: 'The pooler is paused',
  purpose: 'Clients wait; nothing is refused before query_wait_timeout.',
  fault: 'pooler-pause',
  holdSeconds: 3,
  allowedErrors: ['pool-wait', 'pooler-wait'],
  recoverySeconds: 6,
  // Clients only wait, and no longer than any limit but that of waiting for a connection (3 s), which the first who
  // wait may meet. Work waits as long, and three seconds until it is tried, polled and claimed again.
  harm: { failedPercent: 5, forSeconds: 3, lateSeconds: 6 },
});
