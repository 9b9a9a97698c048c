import { unknown } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened } from '../short-load.ts';

export const mutation: Mutation = {
  id: 'empty-ledger',
  title: 'The record of what was promised is empty',
  kind: 'harness',
  quick: true,
  scenario: 'control',
  plant: { emptyLedger: true, declaration: (declaration) => shortened(declaration) },
  caughtBy: 'lost-data',
  evidence: unknown('lost-data'),
};
