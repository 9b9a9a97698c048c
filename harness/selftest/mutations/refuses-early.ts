import { failed } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';

/** What is refused is no error and fails no write: only the share of it tells. */
export const mutation: Mutation = {
  id: 'refuses-early',
  title: 'Requests are refused as soon as two others wait for a connection',
  kind: 'service',
  scenario: 'baseline',
  plant: { settings: { appPoolMax: 2, warmConnections: 2, poolWaitingLimit: 1 } },
  caughtBy: 'refused-requests',
  evidence: failed('refused-requests'),
};
