import type { StepDeclaration } from '../../../scenarios/lib/declaration.ts';
import { violated } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened, withFurther } from '../short-load.ts';

/** From here on each COMMIT arrives half a second after its write was answered. */
const slow = (phase: string, atSeconds: number): StepDeclaration => ({
  phase,
  atSeconds,
  do: 'inject',
  fault: 'latency',
  with: { latencyMs: 500, stream: 'upstream' },
  holdSeconds: 5,
});

/**
 * A slow way to the pooler keeps COMMITs under way when the database is killed. Twice, since one instant may meet none.
 */
export const mutation: Mutation = {
  id: 'ack-before-commit',
  title: 'A write is answered before its COMMIT',
  kind: 'service',
  scenario: 'database-crash',
  plant: {
    settings: { ackBeforeCommit: true, writeRetries: 0, warmConnections: 18 },
    declaration: (declaration) =>
      withFurther(
        shortened(declaration, { beforeSeconds: 4, activeJobs: 16, recoverySeconds: 11 }),
        slow('before', 0),
        slow('recovery', 5),
        { phase: 'recovery', atSeconds: 9, do: 'inject', fault: 'database-crash', holdSeconds: 1 },
      ),
  },
  caughtBy: 'I1',
  evidence: violated('I1'),
};
