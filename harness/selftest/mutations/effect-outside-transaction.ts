import { violated } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened } from '../short-load.ts';

export const mutation: Mutation = {
  id: 'effect-outside-transaction',
  title: "A task's effect commits apart from its completion",
  kind: 'service',
  quick: true,
  scenario: 'frozen-worker',
  plant: {
    settings: { effectOutsideTransaction: true },
    declaration: (declaration) => shortened(declaration, { activeJobs: 40 }),
  },
  caughtBy: 'I4',
  evidence: violated('I4'),
};
