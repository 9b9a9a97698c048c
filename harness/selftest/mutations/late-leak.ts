import { failed } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { lasting } from '../short-load.ts';

/** In its first minute memory is read every second or two, afterwards every five: then the leak begins. */
export const mutation: Mutation = {
  id: 'late-leak',
  title: 'Memory leaks from the second minute on',
  kind: 'service',
  isLong: true,
  scenario: 'baseline',
  plant: {
    settings: { leakMemoryBytesPerRequest: 250_000, plantsFromSeconds: 75 },
    declaration: (declaration) => lasting(declaration, { steady: 120 }),
  },
  caughtBy: 'memory-headroom',
  evidence: failed('memory-headroom'),
};
