import { failed } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { lasting, withFurther } from '../short-load.ts';

/** For longer than five seconds each request waits for a database that does not answer. */
export const mutation: Mutation = {
  id: 'nobody-served',
  title: 'For seven seconds nobody is served',
  kind: 'service',
  scenario: 'baseline',
  plant: {
    declaration: (declaration) =>
      withFurther(lasting(declaration, { steady: 18 }), {
        phase: 'steady',
        atSeconds: 4,
        do: 'inject',
        fault: 'pooler-pause',
        holdSeconds: 7,
      }),
  },
  caughtBy: 'target-alive',
  evidence: failed('target-alive'),
};
