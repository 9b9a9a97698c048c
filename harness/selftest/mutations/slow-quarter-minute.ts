import { failedByStretch } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { lasting } from '../short-load.ts';

/** A fifth of the requests are slow for 15 s of two minutes: some 2 % of all, which a p95 over the whole leaves out. */
export const mutation: Mutation = {
  id: 'slow-quarter-minute',
  title: 'A slow quarter of a minute in a long run',
  kind: 'service',
  isLong: true,
  scenario: 'baseline',
  plant: {
    settings: { slowQueryMs: 500, plantsFromSeconds: 60, plantsUntilSeconds: 75 },
    declaration: (declaration) => lasting(declaration, { steady: 120 }),
  },
  caughtBy: 'api-p95, worst stretch',
  evidence: failedByStretch('api-p95'),
};
