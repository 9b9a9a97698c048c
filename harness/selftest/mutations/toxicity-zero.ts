import { unknown } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened, withFault } from '../short-load.ts';

/** Toxiproxy accepts it, lists it, and lets every byte pass. */
export const mutation: Mutation = {
  id: 'toxicity-zero',
  title: 'A toxic with toxicity 0',
  kind: 'harness',
  quick: true,
  scenario: 'latency',
  plant: {
    declaration: (declaration) =>
      withFault(shortened(declaration), (step) => ({ ...step, with: { ...step.with, toxicity: 0 }, holdSeconds: 2 })),
  },
  caughtBy: 'faults-bit',
  evidence: unknown('faults-bit'),
};
