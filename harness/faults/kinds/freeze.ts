import { z } from 'zod';
import type { Component } from '../../stack/stack.ts';
import { identityOf } from '../../system/proc.ts';
import { defineFault, type FaultContext, type InjectedFault, type ResolvedFault } from '../fault.ts';
import { componentOf, stateLetter } from '../parts.ts';
import { tasksInHand, untilTaskRuns } from '../tasks-in-hand.ts';

const identityOfComponent = (component: Component): ReturnType<typeof identityOf> => {
  const usage = component.usage();
  return usage !== null && 'pid' in usage && usage.pid !== null ? identityOf(usage.pid) : null;
};

/** Of a replica also the tasks in its hand: one that held none was not hit in the middle of its work. */
const seenFrozen = async (
  { name, instance }: Component,
  pid: number | undefined,
  url: string,
): ReturnType<InjectedFault['biteAtTarget']> => {
  const state = `pid ${pid ?? ''} is in state T`;
  if (name !== 'service') return { text: state, source: '/proc' };
  const tasks = await tasksInHand(url, instance);
  return tasks === null ? null : { text: `${state}, ${tasks.text}`, source: `/proc, ${tasks.source}` };
};

/** SIGSTOP, then SIGCONT: a replica in the middle of a task, any other part at once. */
const frozen = (component: Component, { stack }: FaultContext): ResolvedFault => {
  const { name, instance } = component;
  const identity = identityOfComponent(component);
  const isFrozen = (): boolean => identity !== null && stateLetter(identity.pid) === 'T';
  const url = stack.databaseUrl('owner');
  const biteAtTarget: InjectedFault['biteAtTarget'] = async () =>
    isFrozen() ? seenFrozen(component, identity?.pid, url) : null;
  return {
    target: `${name} ${instance}${identity === null ? '' : ` (pid ${identity.pid})`}`,
    reverts: identity === null ? [] : [{ kind: 'signal', ...identity, signal: 'SIGCONT' }],
    inject: async () => {
      if (name === 'service') await untilTaskRuns(url, instance);
      await component.kill('SIGSTOP');
      return { heal: () => component.kill('SIGCONT'), biteAtTarget, revertProved: async () => !isFrozen() };
    },
  };
};

/** A process stops in its tracks. Clients without time limits get no error at all. */
export const fault = defineFault({
  id: 'freeze',
  title: 'Process frozen',
  options: {
    component: z.enum(['service', 'pooler', 'database']).default('service'),
    /** Default: the first pooler or database, the second replica. */
    instance: z.number().int().nonnegative().optional(),
  },
  resolve: async (context, { component, instance }) =>
    frozen(componentOf(context, component, instance ?? (component === 'service' ? 1 : 0)), context),
});
