import { violated } from '../proofs.ts';
import type { Mutation } from '../mutation.ts';
import { shortened } from '../short-load.ts';

export const mutation: Mutation = {
  id: 'schedule-without-key',
  title: 'Each replica keeps its own place in a schedule, and no key stops a second tick',
  kind: 'service',
  scenario: 'control',
  plant: {
    settings: { scheduleWithoutKey: true, scheduleManagerIntervalSeconds: 2 },
    declaration: (declaration) => shortened(declaration),
  },
  caughtBy: 'I10',
  evidence: violated('I10'),
};
