import { unknown } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened } from '../short-load.ts';

/**
 * PAUSE is in force, SHOW DATABASES says so, and nobody waits: the service's clients are on the other pooler. It has
 * one replica, since several share the poolers out among them.
 */
export const mutation: Mutation = {
  id: 'pause-unused-database',
  title: 'PAUSE on a database that nobody uses',
  kind: 'harness',
  scenario: 'pooler-pause',
  plant: {
    declaration: (declaration) => {
      const short = shortened(declaration);
      const { stack } = short.environment;
      return { ...short, environment: { ...short.environment, replicas: 1, stack: { ...stack, poolers: 2 } } };
    },
    faultContext: (context) => ({
      ...context,
      stack: { ...context.stack, poolers: [...context.stack.poolers].reverse() },
    }),
  },
  caughtBy: 'faults-bit',
  evidence: unknown('faults-bit'),
};
