import { failed } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';

/** What a burst of ten times the load leaves behind is worked off at a fraction of the usual pace. */
export const mutation: Mutation = {
  id: 'too-few-workers',
  title: 'Too few workers to work off a burst',
  kind: 'service',
  scenario: 'burst',
  plant: { settings: { jobWorkers: 6, dbQueueMaxConcurrency: 6 } },
  caughtBy: 'burst-recovery',
  evidence: failed('burst-recovery'),
};
