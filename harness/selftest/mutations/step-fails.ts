import { unknown } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { withFurther } from '../short-load.ts';

export const mutation: Mutation = {
  id: 'step-fails',
  title: 'A declared step does not work',
  kind: 'harness',
  scenario: 'control',
  plant: {
    declaration: (declaration) =>
      withFurther(declaration, { phase: 'fault', atSeconds: 0, do: 'sql', sql: 'VACUUM no_such_table' }),
  },
  caughtBy: 'steps-done',
  evidence: unknown('steps-done'),
};
