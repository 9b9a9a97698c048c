import { setTimeout as sleep } from 'node:timers/promises';
import { usageError } from '../../errors.ts';
import type { Fault } from '../fault.ts';
import { ask, componentOf, endAndStart } from '../parts.ts';

const waitLimitMs = 10_000;

/** A task that this replica works on right now: without one the kill would prove little. */
const runningTask = async (url: string, replica: number): Promise<void> => {
  const deadline = performance.now() + waitLimitMs;
  while (performance.now() < deadline) {
    const rows = await ask(url, `SELECT 1 FROM tasks WHERE status = 'running' AND claimed_by LIKE $1 LIMIT 1`, [`queue-worker-${replica}-%`]);
    if (rows.length > 0) return;
    await sleep(20);
  }
  throw usageError(`replica ${replica} had no running task within ${waitLimitMs / 1000} s, so killing it would prove nothing`);
};

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
        await runningTask(context.stack.databaseUrl('owner'), replica);
        return 'SIGKILL';
      },
      serves: () => context.target.alive(),
    });
  },
};
