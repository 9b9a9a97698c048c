import { defineChaos, whileAway } from '../lib/chaos.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = defineChaos({
  id: 'database-restart',
  title: 'The database is restarted',
  purpose: 'A fast shutdown and start, as an upgrade does it.',
  fault: 'database-restart',
  holdSeconds: 2,
  // While the database is away PgBouncer queues queries, up to query_wait_timeout (10 s); the service gives one up
  // after 5 s.
  allowedErrors: [...whileAway, 'client-timeout'],
  recoverySeconds: 8,
  // Nothing works without it; one second for its start, one until the pooler logs in again (server_login_retry).
  // Work: the same, and two until it is polled and claimed.
  harm: { failedPercent: 100, forSeconds: 4, lateSeconds: 6 },
});
