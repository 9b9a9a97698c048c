import type { StepDeclaration } from '../../../scenarios/lib/declaration.ts';
import { violated } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened, withFurther } from '../short-load.ts';

const freezeAgain: StepDeclaration = {
  phase: 'recovery',
  atSeconds: 3,
  do: 'inject',
  fault: 'freeze',
  with: { component: 'service', instance: 1 },
  holdSeconds: 5,
};

/**
 * Twice, since one freeze may meet the replica while it holds the lock of those that move many tasks: then nobody takes
 * its tasks back before it thaws, and there is no completion to be refused.
 */
export const mutation: Mutation = {
  id: 'no-state-guard',
  title: 'A completion does not ask whether it still holds the claim',
  kind: 'service',
  scenario: 'frozen-worker',
  plant: {
    settings: { noStateGuard: true },
    declaration: (declaration) =>
      withFurther(shortened(declaration, { activeJobs: 24, recoverySeconds: 11 }), freezeAgain),
  },
  caughtBy: 'I9',
  evidence: violated('I9'),
};
