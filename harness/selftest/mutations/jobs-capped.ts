import { failed } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { lasting } from '../short-load.ts';

/** Enough for everyday, and not for twice of it: each request is answered, and the jobs wait. */
export const mutation: Mutation = {
  id: 'jobs-capped',
  title: 'Only three jobs run at once, whatever the load',
  kind: 'service',
  isLong: true,
  beside: 'baseline',
  scenario: '2x',
  plant: {
    settings: { maxRunningJobs: 3 },
    declaration: (declaration) => lasting(declaration, { steady: 14 }),
  },
  caughtBy: 'throughput',
  evidence: failed('throughput'),
};
