import { violated } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened } from '../short-load.ts';

/**
 * As `no-rescue`, but the watchdog is quick to fail the jobs of such tasks: all has ended, all counters agree, nothing
 * hangs.
 */
export const mutation: Mutation = {
  id: 'lost-tasks-failed',
  title: 'Tasks of a dead replica are not taken back, and their jobs are failed instead',
  kind: 'service',
  scenario: 'replica-kill',
  plant: {
    settings: { noRescue: true, watchdogNoProgressSeconds: 6 },
    declaration: (declaration) => shortened(declaration, { activeJobs: 24 }),
  },
  caughtBy: 'I5',
  evidence: violated('I5'),
};
