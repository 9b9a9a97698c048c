import { defineChaos } from '../lib/chaos.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = defineChaos({
  id: 'latency',
  title: 'The link to the pooler is slow',
  purpose: '200 ms on every answer: each transaction holds its connection that much longer.',
  fault: 'latency',
  with: { latencyMs: 200 },
  holdSeconds: 4,
  allowedErrors: ['pool-wait'],
  recoverySeconds: 6,
  // It is only slow. Work: a claim and a start are some ten answers of 200 ms each, and a poll.
  harm: { failedPercent: 0, forSeconds: 4, lateSeconds: 3 },
});
