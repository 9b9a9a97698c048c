import { defineChaos, whileAway } from '../lib/chaos.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = defineChaos({
  id: 'database-crash',
  title: 'The database is killed',
  purpose: 'Every server process dies at once; what was acknowledged must be there after recovery.',
  fault: 'database-crash',
  holdSeconds: 2,
  // While the database is away PgBouncer queues queries, up to query_wait_timeout (10 s); the service gives one up
  // after 5 s.
  allowedErrors: [...whileAway, 'client-timeout'],
  recoverySeconds: 8,
  // Nothing works without it; one second for its recovery, one until the pooler logs in again (server_login_retry).
  // Work: the same, and two until it is polled and claimed.
  harm: { failedPercent: 100, forSeconds: 4, lateSeconds: 6 },
});
