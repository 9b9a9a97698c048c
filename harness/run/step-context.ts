import type { VariantDeclaration } from '../../scenarios/lib/declaration.ts';
import type { ApplyOptions } from '../faults/inject.ts';
import type { StartedService } from '../launch/started-service.ts';
import type { Profile } from '../profile/profiles.ts';
import type { FaultResult, PhaseResult, StepResult } from '../result.ts';
import type { StartedStack } from '../stack/stack.ts';
import type { CanaryWatch } from './canary-watch.ts';

/** What steps need to know of the entry that they belong to. */
export interface StepContext {
  stack: StartedStack;
  service: StartedService;
  variant: Pick<VariantDeclaration, 'name' | 'rollout'>;
  profile: Profile;
  canary: CanaryWatch;
  /** The phases, in times of the run's clock. */
  phases: readonly PhaseResult[];
  nowMs(): number;
  signal: AbortSignal;
  onStep(step: StepResult): void;
  applyFault(id: string, options: Pick<ApplyOptions, 'with' | 'holdMs' | 'healed'>): Promise<FaultResult>;
}

/** True once the instant has come, false as soon as the signal is given. */
export const sleepUntil = (atMs: number, { nowMs, signal }: Pick<StepContext, 'nowMs' | 'signal'>): Promise<boolean> =>
  new Promise((resolve) => {
    const finish = (reached: boolean): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(reached);
    };
    const abort = (): void => finish(false);
    const timer = setTimeout(() => finish(true), Math.max(0, atMs - nowMs()));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
