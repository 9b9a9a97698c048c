import { violated } from '../caught.ts';
import type { Mutation } from '../mutation.ts';
import { shortened, withFurther } from '../short.ts';

/** A slow way to the pooler keeps each COMMIT under way for 900 ms after its write was acknowledged. */
export const mutation: Mutation = {
  id: 'ack-before-commit',
  title: 'A write is answered before its COMMIT',
  kind: 'service',
  quick: true,
  scenario: 'database-crash',
  plant: {
    settings: { ackBeforeCommit: true, writeRetries: 0, warmConnections: 18 },
    declaration: (declaration) => withFurther(shortened(declaration, { beforeSeconds: 4, activeJobs: 30 }),
      { phase: 'before', atSeconds: 0, do: 'inject', fault: 'latency', with: { latencyMs: 900, stream: 'upstream' }, holdSeconds: 5 }),
  },
  caughtBy: 'I1',
  evidence: violated('I1'),
};
