import type { StepDeclaration } from '../../../scenarios/lib/declaration.ts';
import { violated } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened, withFault, withFurther } from '../short-load.ts';

const slow = (phase: string, atSeconds: number, holdSeconds: number): StepDeclaration => ({
  phase,
  atSeconds,
  do: 'inject',
  fault: 'latency',
  with: { latencyMs: 200 },
  holdSeconds,
});
const silent = (phase: string, atSeconds: number): StepDeclaration => ({
  phase,
  atSeconds,
  do: 'inject',
  fault: 'blackhole',
  with: { stream: 'downstream' },
  holdSeconds: 1,
});

/**
 * The link is slow first, so that answers to COMMITs are under way when they begin to vanish; quick again when the
 * connections break, so that the retry gets through. Twice, since one instant may meet no COMMIT. At 400 ms requests of
 * people filled the app pool and hardly a COMMIT was under way: 0 effects were doubled once. At 200 ms it is 6 to 11.
 */
export const mutation: Mutation = {
  id: 'blind-retry',
  title: 'A write of unknown outcome is done again as if it had not happened',
  kind: 'service',
  scenario: 'blackhole',
  plant: {
    settings: { blindRetry: true, warmConnections: 18 },
    declaration: (declaration) =>
      withFurther(
        withFault(shortened(declaration, { activeJobs: 24, beforeSeconds: 4, recoverySeconds: 6 }), (step) => ({
          ...step,
          holdSeconds: 1,
        })),
        slow('before', 0, 4.2),
        slow('fault', 2, 3.2),
        silent('recovery', 1),
      ),
  },
  caughtBy: 'I4',
  evidence: violated('I4'),
};
