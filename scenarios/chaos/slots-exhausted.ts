import { defineChaos, whileAway } from '../lib/chaos.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = defineChaos({
  id: 'slots-exhausted',
  title: 'No connection slot is left',
  purpose: 'Idle sessions of somebody else take every slot while the pooler renews its own.',
  fault: 'slots-exhaust',
  holdSeconds: 3,
  allowedErrors: ['no-slot', ...whileAway],
  recoverySeconds: 8,
  // The pooler has no session left and gets none; one second more until it tries again (server_login_retry). Work:
  // two more, until it is polled and claimed.
  harm: { failedPercent: 100, forSeconds: 4, lateSeconds: 6 },
});
