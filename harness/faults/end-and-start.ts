import type { Component } from '../stack/stack.ts';
import type { FaultContext, InjectedFault, ResolvedFault } from './fault.ts';
import { idOf } from './parts.ts';

export interface EndAndStart {
  /** For people. */
  target: string;
  signal(): Promise<NodeJS.Signals>;
  /** After the signal, for as long as the end takes; what it gives is said in the result. */
  untilEnded?(isGone: () => boolean): Promise<string | undefined>;
  /** What else must be seen, beside that the process is gone, before it counts as hit; null: not seen. */
  alsoSeen?: InjectedFault['biteAtTarget'];
  serves(): Promise<boolean>;
}

/** That this very process is gone and, where more must be seen, that too; null: not all of it is seen. */
const seenGone = async (
  before: string,
  alsoSeen: EndAndStart['alsoSeen'],
): ReturnType<InjectedFault['biteAtTarget']> => {
  const gone = { text: `${before} is gone`, source: 'process table' };
  if (alsoSeen === undefined) return gone;
  const more = await alsoSeen();
  if (more === null) return null;
  return { text: `${gone.text}, ${more.text}`, source: [...new Set([gone.source, more.source])].join(', ') };
};

/**
 * Ends a part by a signal and starts it again: crash, restart. Proof: this very process is gone; then it serves again.
 */
export const endAndStart = (
  { nowMs }: Pick<FaultContext, 'nowMs'>,
  component: Component,
  options: EndAndStart,
): ResolvedFault => ({
  target: `${options.target} (${idOf(component)})`,
  // Nothing to undo where the harness dies: the whole stack goes with it.
  reverts: [],
  inject: async () => {
    const before = idOf(component);
    const isGone = (): boolean => idOf(component) !== before;
    const signal = await options.signal();
    const injectedAtMs = nowMs();
    await component.kill(signal);
    const note = await options.untilEnded?.(isGone);
    let started: Promise<void> | null = null;
    return {
      injectedAtMs,
      note,
      heal: () => (started ??= component.start()),
      biteAtTarget: async () => (isGone() ? seenGone(before, options.alsoSeen) : null),
      revertProved: options.serves,
    };
  },
});
