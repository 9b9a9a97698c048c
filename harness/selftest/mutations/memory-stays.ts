import { failed } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { lasting } from '../short-load.ts';

/** Asked from the nightly profile on: below it memory has no time to come back. */
export const mutation: Mutation = {
  id: 'memory-stays',
  title: 'Memory of a load stays when the load is gone',
  kind: 'service',
  isLong: true,
  scenario: '5x',
  profile: 'nightly',
  plant: {
    settings: { leakMemoryBytesPerRequest: 200_000 },
    declaration: (declaration) => lasting(declaration, { 'warm-up': 2, steady: 25, rest: 15 }),
  },
  caughtBy: 'memory-after-load',
  evidence: failed('memory-after-load'),
};
