import type { Fault } from '../fault.ts';
import { componentOf, endAndStart, untilTaskRuns } from '../parts.ts';

/** F27: SIGKILL of `with.replica` (1) in the middle of a task. */
export const fault: Fault = {
  id: 'replica-kill',
  title: 'Replica killed in the middle of a task',
  colour: '#b3261e',
  resolve: async (context) => {
    const replica = Number(context.with['replica'] ?? 1);
    const component = componentOf(context, 'service', replica);
    return endAndStart(component, {
      target: `replica ${replica}`,
      signal: async () => {
        await untilTaskRuns(context.stack.databaseUrl('owner'), replica);
        return 'SIGKILL';
      },
      serves: () => context.target.alive(),
    });
  },
};
