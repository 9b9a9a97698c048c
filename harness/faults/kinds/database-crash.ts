import type { Fault } from '../fault.ts';
import { componentOf, endAndStart, serves } from '../parts.ts';

/** F11: SIGKILL to the postmaster and all its children. The postmaster alone is no crash: busy backends live on and commit. */
export const fault: Fault = {
  id: 'database-crash',
  title: 'Database killed',
  colour: '#8c1d18',
  resolve: async (context) => endAndStart(componentOf(context, 'database'), {
    target: 'postmaster and all its children', signal: async () => 'SIGKILL', serves: () => serves(context.stack.databaseUrl('owner')),
  }),
};
