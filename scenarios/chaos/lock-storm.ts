import { defineChaos } from '../lib/chaos.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = defineChaos({
  id: 'lock-storm',
  title: 'A table is locked',
  purpose: 'ACCESS EXCLUSIVE on the table everybody needs: what a migration does that forgot lock_timeout.',
  fault: 'lock-storm',
  holdSeconds: 3,
  allowedErrors: ['pool-wait', 'pooler-wait', 'statement-timeout', 'lock-timeout', 'client-timeout'],
  recoverySeconds: 6,
  // The lock is shorter than any limit but that of waiting for a connection (3 s), which the first who wait may
  // meet. Work waits as long as the lock, and three seconds until it is tried, polled and claimed again.
  harm: { failedPercent: 5, forSeconds: 3, lateSeconds: 6 },
});
