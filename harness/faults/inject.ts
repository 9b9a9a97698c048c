import { usageError } from '../errors.ts';
import type { FaultResult } from '../result.ts';
import type { StartedStack } from '../stack/stack.ts';
import type { Workspace } from '../system/workspace.ts';
import type { StartedTarget } from '../target/target.ts';

export interface ApplyOptions {
  stack: StartedStack;
  target: StartedTarget;
  workspace: Workspace;
  nowMs(): number;
  with: Record<string, string | number | boolean>;
  holdMs: number;
  signal: AbortSignal;
}

/** Resolve, journal, inject, prove the bite, hold, revert, prove the revert. */
export const applyFault = (id: string, _options: ApplyOptions): Promise<FaultResult> =>
  Promise.reject(usageError(`there is no fault "${id}" in harness/faults`));
