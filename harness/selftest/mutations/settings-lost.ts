import type { Mutation } from '../mutation.ts';
import { failedOrUnknown } from '../proofs.ts';

export const mutation: Mutation = {
  id: 'settings-lost',
  title: 'The service runs with another setting than the one asked for',
  kind: 'harness',
  scenario: 'control',
  plant: { unasked: { appPoolMax: 9 } },
  caughtBy: 'settings-in-force',
  evidence: failedOrUnknown('settings-in-force', /appPoolMax 9, asked was 18/),
};
