import { bothFailed } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { onPooler, shortened } from '../short-load.ts';

/** PgBouncer's own default: after a login that failed it tries none for 15 s, long after the database is back. */
export const mutation: Mutation = {
  id: 'pooler-waits-to-log-in',
  title: 'The pooler waits 15 s until it logs in again',
  kind: 'service',
  scenario: 'database-crash',
  plant: {
    declaration: (declaration) =>
      onPooler(shortened(declaration, { recoverySeconds: 18 }), { serverLoginRetrySeconds: 15 }),
  },
  caughtBy: 'recovery, late-work',
  evidence: bothFailed('recovery', 'late-work'),
};
