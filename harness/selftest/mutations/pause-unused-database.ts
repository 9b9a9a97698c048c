import { unknown } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened } from '../short-load.ts';

/** PAUSE is in force, SHOW DATABASES says so, and nobody waits: the service's clients are on the other pooler. */
export const mutation: Mutation = {
  id: 'pause-unused-database',
  title: 'PAUSE on a database that nobody uses',
  kind: 'harness',
  scenario: 'pooler-pause',
  plant: {
    declaration: (declaration) => {
      const short = shortened(declaration);
      return { ...short, environment: { ...short.environment, stack: { ...short.environment.stack, poolers: 2 } } };
    },
    faultContext: (context) => ({
      ...context,
      stack: { ...context.stack, poolers: [...context.stack.poolers].reverse() },
    }),
  },
  caughtBy: 'faults-bit',
  evidence: unknown('faults-bit'),
};
