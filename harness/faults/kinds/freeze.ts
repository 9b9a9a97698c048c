import { usageError } from '../../errors.ts';
import type { Component } from '../../stack/stack.ts';
import { identityOf } from '../../system/proc.ts';
import type { Fault } from '../fault.ts';
import { componentOf, stateLetter } from '../parts.ts';
import { tasksInHand, untilTaskRuns } from '../tasks-in-hand.ts';

const names = ['pooler', 'service', 'database'] as const;

/** SIGSTOP, then SIGCONT, of `with.component` (service) `with.instance` (1). No error at all without client timeouts. A replica is frozen in mid-task. */
export const fault: Fault = {
  id: 'freeze',
  title: 'Process frozen',
  colour: '#2f6f8f',
  resolve: async (context) => {
    const name = String(context.with['component'] ?? 'service') as Component['name'];
    if (!(names as readonly string[]).includes(name))
      throw usageError(`freeze takes one of ${names.join(', ')}, not ${name}`);
    const component = componentOf(context, name, Number(context.with['instance'] ?? (name === 'service' ? 1 : 0)));
    const usage = component.usage();
    const identity = usage !== null && 'pid' in usage && usage.pid !== null ? identityOf(usage.pid) : null;
    const frozen = (): boolean => identity !== null && stateLetter(identity.pid) === 'T';
    return {
      target: `${name} ${component.instance}${identity === null ? '' : ` (pid ${identity.pid})`}`,
      reverts: identity === null ? [] : [{ kind: 'signal', ...identity, signal: 'SIGCONT' }],
      inject: async () => {
        const url = context.stack.databaseUrl('owner');
        if (name === 'service') await untilTaskRuns(url, component.instance);
        await component.kill('SIGSTOP');
        return {
          heal: () => component.kill('SIGCONT'),
          biteAtTarget: async () => {
            if (!frozen()) return null;
            const state = `pid ${identity?.pid ?? ''} is in state T`;
            if (name !== 'service') return { text: state, source: '/proc' };
            const tasks = await tasksInHand(url, component.instance);
            return tasks === null ? null : { text: `${state}, ${tasks.text}`, source: `/proc, ${tasks.source}` };
          },
          revertProved: async () => !frozen(),
        };
      },
    };
  },
};
