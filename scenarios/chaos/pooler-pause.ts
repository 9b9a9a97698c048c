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
});
