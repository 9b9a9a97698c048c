import { failed } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened } from '../short-load.ts';

export const mutation: Mutation = {
  id: 'missing-release',
  title: 'A connection is not given back when its query fails',
  kind: 'service',
  scenario: 'pooler-crash',
  plant: {
    settings: { missingRelease: true },
    declaration: (declaration) => shortened(declaration, { activeJobs: 24 }),
  },
  caughtBy: 'I13 (connections-return)',
  evidence: failed('connections-return'),
};
