import { existsSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError, messageOf, usageError } from '../errors.ts';
import type { FaultResult } from '../result.ts';
import type { StartedStack } from '../stack/stack.ts';
import { journalFile } from '../system/clean.ts';
import type { Workspace } from '../system/workspace.ts';
import type { StartedService } from '../launch/started-service.ts';
import type { Fault, FaultContext, InjectedFault, ResolvedFault } from './fault.ts';
import { armInJournal, revert, revertedInJournal } from './journal.ts';
import { faultResidue } from './residue.ts';

export interface ApplyOptions {
  stack: StartedStack;
  service: StartedService;
  workspace: Pick<Workspace, 'folder'>;
  nowMs(): number;
  with: Record<string, string | number | boolean>;
  /** From the injection to the revert. */
  holdMs: number;
  signal: AbortSignal;
  /** As it happens: the journal of the run's events. */
  onChange?(change: 'injected' | 'reverted', result: FaultResult): void;
  /** What `selftest` shows the fault in place of the truth. */
  plant?: ((context: FaultContext) => FaultContext) | undefined;
}

/** How long after the injection the bite may take to show, at most the hold. */
const biteLimitMs = 5000;
/** A database that recovers, with server_login_retry of 15 s behind a pooler, takes this long at worst. */
const revertLimitMs = 30_000;
const lookEveryMs = 50;

const faultFile = (id: string): URL => new URL(`./kinds/${id}.ts`, import.meta.url);

export const faultIds = (): string[] =>
  readdirSync(new URL('./kinds/', import.meta.url))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -3))
    .sort();

/** Throws a usageError that lists the faults there are. */
export const loadFault = async (id: string): Promise<Fault> => {
  if (!/^[a-z0-9-]+$/.test(id) || !existsSync(faultFile(id)))
    throw usageError(`there is no fault "${id}"; there are ${faultIds().join(', ')}`);
  return ((await import(faultFile(id).href)) as { fault: Fault }).fault;
};

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(Math.max(0, ms), undefined, { signal }).catch(() => undefined);

/** Looks until it sees something or the time is over; an error while looking is "not yet". */
const lookUntil = async <Seen>(
  look: () => Promise<Seen | null | false>,
  untilMs: number,
  nowMs: () => number,
  signal?: AbortSignal,
): Promise<Seen | null> => {
  for (;;) {
    const seen = await look().catch(() => null);
    if (seen !== null && seen !== false) return seen;
    if (nowMs() > untilMs || signal?.aborted === true) return null;
    await sleep(lookEveryMs);
  }
};

interface Life {
  result: FaultResult;
  fault: Fault;
  resolved: ResolvedFault;
  options: ApplyOptions;
}

const proveAndHold = async (injected: InjectedFault, { result, options }: Life): Promise<void> => {
  const { nowMs, holdMs, signal } = options;
  const injectedAtMs = result.injectedAtMs ?? nowMs();
  const seen = await lookUntil(
    () => injected.biteAtTarget(),
    injectedAtMs + Math.min(biteLimitMs, Math.max(holdMs, 1000)),
    nowMs,
    signal,
  );
  result.biteAtTarget = seen === null ? null : { atMs: nowMs(), ...seen };
  result.bite = seen === null ? 'did-not-bite' : 'bit';
  if (seen === null) result.message = 'no sign of it at its target';
  await pause(injectedAtMs + holdMs - nowMs(), signal);
};

const mend = async (injected: InjectedFault, { result, options }: Life): Promise<void> => {
  const { nowMs } = options;
  await injected.heal();
  result.revertedAtMs = nowMs();
  result.revertProved = (await lookUntil(async () => injected.revertProved(), nowMs() + revertLimitMs, nowMs)) === true;
  if (!result.revertProved) result.message = `not seen to be mended within ${revertLimitMs / 1000} s`;
};

/**
 * What broke half-way may have broken something: its reverts are harmless where it did not. Nothing of the fault itself
 * can prove that all is well then, so it is looked for by looking at everything.
 */
const injectOrUndo = async ({ result, resolved, options }: Life, mended: () => void): Promise<InjectedFault> => {
  try {
    return await resolved.inject();
  } catch (error) {
    const undone = await Promise.allSettled(resolved.reverts.map(revert));
    const left = [
      ...undone
        .filter((one) => one.status === 'rejected')
        .map(({ reason }) => `could not revert: ${messageOf(reason)}`),
      ...(await faultResidue(options.stack, options.service)),
    ];
    result.revertProved = left.length === 0;
    if (left.length === 0) mended();
    throw left.length === 0 ? error : environmentError(`${messageOf(error)}; left behind: ${left.join('; ')}`);
  }
};

const live = async (life: Life): Promise<void> => {
  const { result, fault, resolved, options } = life;
  const journal = journalFile(options.workspace.folder);
  const id = `${fault.id}@${Math.round(options.nowMs())}`;
  armInJournal(journal, id, resolved.reverts);
  const mended = (): void => revertedInJournal(journal, id);
  const injected = await injectOrUndo(life, mended);
  result.injectedAtMs = injected.injectedAtMs ?? options.nowMs();
  if (injected.note !== undefined) result.message = injected.note;
  options.onChange?.('injected', result);
  try {
    await proveAndHold(injected, life);
  } finally {
    await mend(injected, life);
  }
  if (result.revertProved) mended();
  options.onChange?.('reverted', result);
};

/**
 * Resolve the exact target, write the revert down, inject, prove the bite, hold, revert, prove the revert.
 * Healed in every ending; whatever went wrong is in the result, and only `bit` may lead to a pass.
 */
export const applyFault = async (id: string, options: ApplyOptions): Promise<FaultResult> => {
  const fault = await loadFault(id);
  const { stack, service, nowMs } = options;
  const result: FaultResult = {
    id,
    title: fault.title,
    target: '',
    injectedAtMs: null,
    revertedAtMs: null,
    bite: 'unknown',
    revertProved: false,
  };
  try {
    const context: FaultContext = { stack, service, nowMs, with: options.with };
    const resolved = await fault.resolve(options.plant?.(context) ?? context).catch((error: unknown) => {
      // Nothing was touched, so nothing is left.
      result.revertProved = true;
      throw error;
    });
    result.target = resolved.target;
    await live({ result, fault, resolved, options });
  } catch (error) {
    result.message = messageOf(error);
  }
  return result;
};
