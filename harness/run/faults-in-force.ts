/** Faults that steps have injected, so that a later step can end one early. */
import type { StepDeclaration } from '../../scenarios/lib/declaration.ts';
import { usageError } from '../errors.ts';
import type { FaultResult } from '../result.ts';
import type { StepContext } from './step-context.ts';

export interface FaultsInForce {
  /** Resolves when the fault is mended: after the step's hold, or when it is healed. */
  inject(step: StepDeclaration): Promise<void>;
  /**
   * Ends the hold of every fault of this id, and waits until they are mended. Rejects if there is none, or one is not
   * proved mended.
   */
  heal(id: string): Promise<string>;
  /** Ends the faults that have no hold of their own. */
  healEndless(): void;
  /** Results of the faults that have ended, in the order of their ends. */
  readonly results: FaultResult[];
}

interface OpenFault {
  id: string;
  endless: boolean;
  healed: AbortController;
  mended: Promise<FaultResult>;
}

export const faultsInForce = ({ applyFault, nowMs }: Pick<StepContext, 'applyFault' | 'nowMs'>): FaultsInForce => {
  const open = new Set<OpenFault>();
  const results: FaultResult[] = [];
  return {
    results,
    inject: async ({ fault, with: given, holdSeconds }) => {
      const id = fault ?? '';
      const healed = new AbortController();
      const holdMs = holdSeconds == null ? null : holdSeconds * 1000;
      const mended = applyFault(id, { with: given ?? {}, holdMs, healed: healed.signal });
      const one: OpenFault = { id, endless: holdMs === null, healed, mended };
      open.add(one);
      results.push(await mended.finally(() => open.delete(one)));
    },
    heal: async (id) => {
      const startedMs = nowMs();
      const found = [...open].filter((one) => one.id === id);
      if (found.length === 0) throw usageError(`no fault "${id}" is in force: it has ended already, or never began`);
      for (const { healed } of found) healed.abort();
      const ended = await Promise.all(found.map(({ mended }) => mended));
      const unproved = ended.find(({ revertProved }) => !revertProved);
      if (unproved !== undefined)
        throw new Error(`${id} was not proved mended: ${unproved.message ?? 'no reason given'}`);
      return `mended and proved ${((nowMs() - startedMs) / 1000).toFixed(1)} s later`;
    },
    healEndless: () => {
      for (const { endless, healed } of open) if (endless) healed.abort();
    },
  };
};
