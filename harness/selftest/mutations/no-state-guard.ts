import { violated } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened } from '../short-load.ts';

export const mutation: Mutation = {
  id: 'no-state-guard',
  title: 'A completion does not ask whether it still holds the claim',
  kind: 'service',
  scenario: 'frozen-worker',
  plant: { settings: { noStateGuard: true }, declaration: (declaration) => shortened(declaration, { activeJobs: 24 }) },
  caughtBy: 'I9',
  evidence: violated('I9'),
};
