import { untold } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened } from '../short-load.ts';

/** What the fault did cannot be told from what was there before it: neither may the service be blamed nor acquitted. */
export const mutation: Mutation = {
  id: 'slow-before-fault',
  title: 'The service is slow before anything is broken',
  kind: 'service',
  scenario: 'latency',
  plant: {
    settings: { slowQueryMs: 1500 },
    declaration: (declaration) => shortened(declaration, { beforeSeconds: 4 }),
  },
  caughtBy: 'steady-before',
  evidence: untold('steady-before', /not steady before the fault/),
};
