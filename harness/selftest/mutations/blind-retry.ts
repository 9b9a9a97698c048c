import type { StepDeclaration } from '../../../scenarios/lib/declaration.ts';
import { violated } from '../caught.ts';
import type { Mutation } from '../mutation.ts';
import { shortened, withFault, withFurther } from '../short.ts';

/** The link is slow first, so that answers to COMMITs are under way when they begin to vanish. */
export const mutation: Mutation = {
  id: 'blind-retry',
  title: 'A write of unknown outcome is done again as if it had not happened',
  kind: 'service',
  scenario: 'blackhole',
  plant: {
    settings: { blindRetry: true, warmConnections: 18 },
    declaration: (declaration) => withFurther(withFault(shortened(declaration, { activeJobs: 24, beforeSeconds: 4, recoverySeconds: 7 }), (step) => ({ ...step, holdSeconds: 1 })),
      { phase: 'before', atSeconds: 0, do: 'inject', fault: 'latency', with: { latencyMs: 400 }, holdSeconds: 14 },
      ...[['fault', 2], ['recovery', 0], ['recovery', 2], ['recovery', 4]].map(([phase, atSeconds]): StepDeclaration =>
        ({ phase: String(phase), atSeconds: Number(atSeconds), do: 'inject', fault: 'blackhole', with: { stream: 'downstream' }, holdSeconds: 1 }))),
  },
  caughtBy: 'I4',
  evidence: violated('I4'),
};
