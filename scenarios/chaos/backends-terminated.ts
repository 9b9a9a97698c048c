import { defineChaos } from '../lib/chaos.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = defineChaos({
  id: 'backends-terminated',
  title: 'All backends of the service are terminated',
  purpose: 'What an operator does to get rid of stuck sessions, and a failover does unasked.',
  fault: 'backends-terminate',
  holdSeconds: 2,
  allowedErrors: ['connection-lost', 'server-restart', 'connect-refused', 'connect-timeout', 'pooler-down'],
  recoverySeconds: 5,
  // A session lives 15 ms: a request of few and short statements fits in, one that waits does not. One second more
  // until the pooler has logged in again (server_login_retry), and three for work to be claimed (retry, poll,
  // claim).
  harm: { failedPercent: 50, forSeconds: 3, lateSeconds: 5 },
});
