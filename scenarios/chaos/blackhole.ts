import { defineChaos } from '../lib/chaos.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = defineChaos({
  id: 'blackhole',
  title: 'Answers of the pooler vanish',
  purpose: 'Writes commit and nobody hears of it: unknown outcomes, to be resolved by their keys.',
  fault: 'blackhole',
  with: { stream: 'downstream' },
  holdSeconds: 3,
  allowedErrors: ['connection-lost', 'client-timeout', 'pool-wait', 'pooler-wait'],
  recoverySeconds: 8,
  // Whoever was sent meanwhile hears nothing; one second more until connections are made anew. Work: three seconds
  // after.
  harm: { failedPercent: 100, forSeconds: 4, lateSeconds: 6 },
});
