import { violated } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened } from '../short-load.ts';

export const mutation: Mutation = {
  id: 'counter-read-modify-write',
  title: "A job's counter is read, raised in the service and written back",
  kind: 'service',
  scenario: 'latency',
  plant: {
    settings: { counterReadModifyWrite: true },
    declaration: (declaration) => shortened(declaration, { activeJobs: 24 }),
  },
  caughtBy: 'I8',
  evidence: violated('I8'),
};
