import { endAndStart } from '../end-and-start.ts';
import { defineFault } from '../fault.ts';
import { componentOf, serves } from '../parts.ts';

/** Fast shutdown (SIGINT to the postmaster) and start. */
export const fault = defineFault({
  id: 'database-restart',
  title: 'Database restarted',
  options: {},
  resolve: async (context) =>
    endAndStart(context, componentOf(context, 'database'), {
      target: 'postmaster',
      signal: async () => 'SIGINT',
      serves: () => serves(context.stack.databaseUrl('owner')),
    }),
});
