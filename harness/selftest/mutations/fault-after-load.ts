import { unknown } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened, withFault } from '../short-load.ts';

export const mutation: Mutation = {
  id: 'fault-after-load',
  title: 'The fault comes after the load has ended',
  kind: 'harness',
  scenario: 'latency',
  plant: {
    declaration: (declaration) =>
      withFault(shortened(declaration), (step) => ({ ...step, phase: 'recovery', atSeconds: 3600, holdSeconds: 2 })),
  },
  caughtBy: 'faults-bit',
  evidence: unknown('faults-bit'),
};
