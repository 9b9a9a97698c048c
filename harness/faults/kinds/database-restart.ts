import { endAndStart } from '../end-and-start.ts';
import type { Fault } from '../fault.ts';
import { componentOf, serves } from '../parts.ts';

/** Fast shutdown (SIGINT to the postmaster) and start. */
export const fault: Fault = {
  id: 'database-restart',
  title: 'Database restarted',
  colour: '#b3261e',
  resolve: async (context) =>
    endAndStart(context, componentOf(context, 'database'), {
      target: 'postmaster',
      signal: async () => 'SIGINT',
      serves: () => serves(context.stack.databaseUrl('owner')),
    }),
};
