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
});
