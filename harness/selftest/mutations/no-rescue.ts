import { violated } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened } from '../short-load.ts';

export const mutation: Mutation = {
  id: 'no-rescue',
  title: 'Tasks of a dead replica are not taken back',
  kind: 'service',
  scenario: 'replica-kill',
  // The watchdog would fail the jobs of such tasks before anybody saw that they hang.
  plant: {
    settings: { noRescue: true, watchdogNoProgressSeconds: 100_000 },
    declaration: (declaration) => shortened(declaration, { activeJobs: 24 }),
  },
  caughtBy: 'I7',
  evidence: violated('I7'),
};
