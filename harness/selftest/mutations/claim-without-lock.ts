import { violated } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened } from '../short-load.ts';

/** Two round trips between choosing and taking: 200 ms on each give everybody the time to choose the same task. */
export const mutation: Mutation = {
  id: 'claim-without-lock',
  title: 'A task is claimed without FOR UPDATE SKIP LOCKED',
  kind: 'service',
  scenario: 'latency',
  plant: { settings: { claimWithoutLock: true }, declaration: (declaration) => shortened(declaration) },
  caughtBy: 'I6',
  evidence: violated('I6'),
};
