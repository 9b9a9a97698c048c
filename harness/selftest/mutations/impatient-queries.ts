import { bothFailed } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened } from '../short-load.ts';

/** A link that is 200 ms slower must be slow and no more; the service gives its queries up before. */
export const mutation: Mutation = {
  id: 'impatient-queries',
  title: 'Queries are given up after 150 ms',
  kind: 'service',
  scenario: 'latency',
  plant: { settings: { queryTimeoutMillis: 150 }, declaration: (declaration) => shortened(declaration) },
  caughtBy: 'allowed-errors, error-seconds, failed-share',
  evidence: bothFailed('allowed-errors', 'error-seconds', 'failed-share'),
};
