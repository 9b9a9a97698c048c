import { endAndStart } from '../end-and-start.ts';
import { defineFault } from '../fault.ts';
import { componentOf, serves } from '../parts.ts';

/** SIGKILL. Backends outlive the pooler: a client may get an error for what commits seconds later. */
export const fault = defineFault({
  id: 'pooler-crash',
  title: 'Pooler killed',
  options: {},
  resolve: async (context) =>
    endAndStart(context, componentOf(context, 'pooler'), {
      target: 'pooler 0',
      signal: async () => 'SIGKILL',
      serves: () => serves(context.stack.serviceUrl('pooler', 'app')),
    }),
});
