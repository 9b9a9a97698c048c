import { bothFailed } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { onPooler } from '../short-load.ts';

/**
 * One server connection, and a second of patience: clients are told off in the pooler's own words. Fifty requests a
 * second are more than one connection serves, and the app pools let 80 wait: at twenty a second the wait was 0.9 s for
 * most, and how many were told off was chance (0 to 53 transactions).
 */
export const mutation: Mutation = {
  id: 'pooler-turns-away',
  title: 'The pooler has one server connection and gives up after a second',
  kind: 'service',
  scenario: 'baseline',
  plant: {
    settings: { appPoolMax: 40 },
    declaration: (declaration) => ({
      ...onPooler(declaration, { poolSize: 1, queryWaitTimeoutSeconds: 1 }),
      load: { ...declaration.load, interactivePerSecond: 50 },
    }),
  },
  caughtBy: 'pooler-errors, transaction-errors',
  evidence: bothFailed('pooler-errors', 'transaction-errors'),
};
