import { failed } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened } from '../short-load.ts';

export const mutation: Mutation = {
  id: 'no-pool-error-handler',
  title: "Nobody listens to the app pool's error event",
  kind: 'service',
  quick: true,
  scenario: 'pooler-crash',
  plant: { settings: { noPoolErrorHandler: true }, declaration: (declaration) => shortened(declaration) },
  caughtBy: 'replica-deaths',
  evidence: failed('replica-deaths'),
};
