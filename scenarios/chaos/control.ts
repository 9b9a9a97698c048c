import { defineChaos } from '../lib/chaos.ts';

export { activeJob, interactive } from '../lib/journeys.ts';
export { handleSummary } from '../lib/summary.ts';

export const options = defineChaos({
  id: 'control',
  title: 'Control: the same load, nothing broken',
  purpose: 'What the others are compared with.',
  fault: null,
  holdSeconds: 3,
  allowedErrors: [],
  recoverySeconds: 1,
  harm: null,
});
