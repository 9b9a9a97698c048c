import { z } from 'zod';
import { endAndStart } from '../end-and-start.ts';
import { defineFault } from '../fault.ts';
import { componentOf } from '../parts.ts';
import { tasksInHand, untilTaskRuns } from '../tasks-in-hand.ts';

/** SIGKILL of a replica in the middle of a task. */
export const fault = defineFault({
  id: 'replica-kill',
  title: 'Replica killed in the middle of a task',
  options: { replica: z.number().int().nonnegative().default(1) },
  resolve: async (context, { replica }) => {
    const url = context.stack.databaseUrl('owner');
    return endAndStart(context, componentOf(context, 'service', replica), {
      target: `replica ${replica}`,
      signal: async () => {
        await untilTaskRuns(url, replica);
        return 'SIGKILL';
      },
      alsoSeen: () => tasksInHand(url, replica),
      serves: () => context.service.alive(),
    });
  },
});
