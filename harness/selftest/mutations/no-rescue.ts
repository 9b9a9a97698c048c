import { violated } from '../caught.ts';
import type { Mutation } from '../mutation.ts';
import { shortened } from '../short.ts';

export const mutation: Mutation = {
  id: 'no-rescue',
  title: 'Tasks of a dead replica are not taken back',
  kind: 'service',
  scenario: 'replica-kill',
  plant: { settings: { noRescue: true }, declaration: (declaration) => shortened(declaration) },
  caughtBy: 'I7',
  evidence: violated('I7'),
};
