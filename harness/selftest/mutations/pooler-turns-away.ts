import { bothFailed } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { onPooler } from '../short-load.ts';

/** One server connection, and a second of patience: clients are told off in the pooler's own words. */
export const mutation: Mutation = {
  id: 'pooler-turns-away',
  title: 'The pooler has one server connection and gives up after a second',
  kind: 'service',
  scenario: 'baseline',
  plant: {
    declaration: (declaration) => onPooler(declaration, { poolSize: 1, queryWaitTimeoutSeconds: 1 }),
  },
  caughtBy: 'pooler-errors, transaction-errors',
  evidence: bothFailed('pooler-errors', 'transaction-errors'),
};
