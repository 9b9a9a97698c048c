import { defineChaos } from '../lib/chaos.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = defineChaos({
  id: 'frozen-worker',
  title: 'A replica freezes past its lease, then thaws',
  purpose: 'It wakes up believing that it still holds its tasks: the fence must say no.',
  fault: 'freeze',
  with: { component: 'service', instance: 1 },
  holdSeconds: 5,
  allowedErrors: ['connection-lost', 'client-timeout'],
  recoverySeconds: 7,
  // One of two replicas, for the 1.2 s in which the front does not see it yet: an eighth of what is sent in 5 s.
  // Work: its tasks are free when their lease of 3 s is over, and claimed within three more.
  harm: { failedPercent: 15, forSeconds: 6, lateSeconds: 6 },
  // Longer than the freeze: a crawl that was under way must not time out the moment its replica thaws, or nothing of it
  // is ever written behind the fence.
  service: { crawlTimeoutMs: 10_000 },
});
