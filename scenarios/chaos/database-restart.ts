import { defineChaos } from '../lib/chaos.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = defineChaos({
  id: 'database-restart',
  title: 'The database is restarted',
  purpose: 'A fast shutdown and start, as an upgrade does it.',
  fault: 'database-restart',
  holdSeconds: 2,
  allowedErrors: ['connection-lost', 'server-restart', 'connect-refused', 'connect-timeout', 'pooler-down', 'pool-wait', 'pooler-wait'],
  recoverySeconds: 8,
});
