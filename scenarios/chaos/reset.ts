import { defineChaos } from '../lib/chaos.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = defineChaos({
  id: 'reset',
  title: 'The link resets connections',
  purpose: 'A firewall that lost its state: each connection is reset as soon as it carries a byte.',
  fault: 'reset',
  holdSeconds: 2,
  allowedErrors: ['connection-lost', 'pool-wait'],
  recoverySeconds: 6,
  // Each connection is reset as soon as it is used; one second more until they are made anew. Work: two more, until
  // it is polled and claimed.
  harm: { failedPercent: 100, forSeconds: 3, lateSeconds: 5 },
});
