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
    declaration: (declaration) => withFurther(withFault(shortened(declaration, { activeJobs: 24, beforeSeconds: 4 }), (step) => ({ ...step, holdSeconds: 1.5 })),
      { phase: 'before', atSeconds: 0, do: 'inject', fault: 'latency', with: { latencyMs: 400 }, holdSeconds: 9 },
      { phase: 'recovery', atSeconds: 0, do: 'inject', fault: 'blackhole', with: { stream: 'downstream' }, holdSeconds: 1.5 }),
  },
  caughtBy: 'I4',
  evidence: violated('I4'),
};
