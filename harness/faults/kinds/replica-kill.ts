import { endAndStart } from '../end-and-start.ts';
import type { Fault } from '../fault.ts';
import { componentOf } from '../parts.ts';
import { tasksInHand, untilTaskRuns } from '../tasks-in-hand.ts';

/** SIGKILL of `with.replica` (1) in the middle of a task. */
export const fault: Fault = {
  id: 'replica-kill',
  title: 'Replica killed in the middle of a task',
  colour: '#b3261e',
  resolve: async (context) => {
    const replica = Number(context.with['replica'] ?? 1);
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
};
