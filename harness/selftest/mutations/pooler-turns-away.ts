import { bothFailed } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { onPooler } from '../short-load.ts';

/**
 * One server connection, and a second of patience: clients are told off in the pooler's own words. The app pools let 80
 * wait at once: with 36 the wait was 0.8 s for most, and how many were told off was chance.
 */
export const mutation: Mutation = {
  id: 'pooler-turns-away',
  title: 'The pooler has one server connection and gives up after a second',
  kind: 'service',
  scenario: 'baseline',
  plant: {
    settings: { appPoolMax: 40 },
    declaration: (declaration) => onPooler(declaration, { poolSize: 1, queryWaitTimeoutSeconds: 1 }),
  },
  caughtBy: 'pooler-errors, transaction-errors',
  evidence: bothFailed('pooler-errors', 'transaction-errors'),
};
