import { failed } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { lasting } from '../short-load.ts';

/** Each task is done, nothing fails, and nothing starts when it is due. */
export const mutation: Mutation = {
  id: 'late-by-polling',
  title: 'Tasks that are due are looked for every four seconds',
  kind: 'service',
  scenario: 'baseline',
  plant: {
    settings: { waitingMode: 'polling', waitingPollMs: 4000 },
    declaration: (declaration) => lasting(declaration, { steady: 20 }),
  },
  caughtBy: 'due-to-start',
  evidence: failed('due-to-start'),
};
