/** The life of one fault: resolved, armed, injected, proved, held, mended, proved mended (docs/faults.md). */
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError, messageOf } from '../errors.ts';
import type { StartedService } from '../launch/started-service.ts';
import { ownModule } from '../own-modules.ts';
import type { FaultResult } from '../result.ts';
import type { StartedStack } from '../stack/stack.ts';
import { journalFile } from '../system/mend.ts';
import type { Workspace } from '../system/workspace.ts';
import type { FaultContext, GivenOptions, InjectedFault, ResolvedFault } from './fault.ts';
import { armInJournal, revert, revertedInJournal } from './journal.ts';
import { chooseFault } from './load-fault.ts';
import { faultResidue } from './residue.ts';

export interface ApplyOptions {
  stack: StartedStack;
  service: StartedService;
  /** Settings of the database before the load, which no fault left behind. */
  settingsBefore: readonly string[];
  workspace: Pick<Workspace, 'folder' | 'registerMender'>;
  nowMs(): number;
  with: GivenOptions;
  /** From the injection to the revert; null: until it is healed. */
  holdMs: number | null;
  signal: AbortSignal;
  /** A step `heal`: ends the hold early. */
  healed?: AbortSignal;
  /** Is told of each change as it happens, for the journal of the run's events. */
  onChange?(change: 'injected' | 'reverted', result: FaultResult): void;
  /** What `selftest` shows the fault in place of the truth. */
  plant?: ((context: FaultContext) => FaultContext) | undefined;
}

/** How long after the injection the bite may take to show; a shorter hold shortens it, but not below a second. */
const biteLimitMs = 5000;
const shortestLookMs = 1000;
/** A database that recovers, with server_login_retry of 15 s behind a pooler, takes this long at worst. */
const revertLimitMs = 30_000;
const lookEveryMs = 50;

/** Whoever finds what a killed run left mends it by this module. */
const journalModule = ownModule(new URL('./journal.ts', import.meta.url));

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(Math.max(0, ms), undefined, { signal }).catch(() => undefined);

/** Looks until it finds something or the time is over; an error while looking is "not yet". */
const lookUntil = async <Found>(
  look: () => Promise<Found | null | false>,
  untilMs: number,
  nowMs: () => number,
  signal?: AbortSignal,
): Promise<Found | null> => {
  for (;;) {
    const found = await look().catch(() => null);
    if (found !== null && found !== false) return found;
    if (nowMs() > untilMs || signal?.aborted === true) return null;
    await sleep(lookEveryMs);
  }
};

interface Life {
  result: FaultResult;
  resolved: ResolvedFault;
  options: ApplyOptions;
  /** Interrupted or healed: whichever comes first ends the hold. */
  over: AbortSignal;
}

const proveBite = async (
  injected: InjectedFault,
  injectedAtMs: number,
  { result, options, over }: Life,
): Promise<void> => {
  const { nowMs, holdMs } = options;
  const limitMs = Math.min(biteLimitMs, Math.max(holdMs ?? biteLimitMs, shortestLookMs));
  const evidence = await lookUntil(() => injected.biteAtTarget(), injectedAtMs + limitMs, nowMs, over);
  result.biteAtTarget = evidence === null ? null : { atMs: nowMs(), ...evidence };
  result.bite = evidence === null ? 'did-not-bite' : 'bit';
  if (evidence === null) result.message = 'no sign of it at its target';
};

const proveAndHold = async (injected: InjectedFault, life: Life): Promise<void> => {
  const { nowMs, holdMs } = life.options;
  const injectedAtMs = life.result.injectedAtMs ?? nowMs();
  await proveBite(injected, injectedAtMs, life);
  await (holdMs === null ? aborted(life.over) : pause(injectedAtMs + holdMs - nowMs(), life.over));
};

const mend = async (injected: InjectedFault, { result, options }: Life): Promise<void> => {
  const { nowMs } = options;
  await injected.heal();
  result.revertedAtMs = nowMs();
  result.revertProved = (await lookUntil(async () => injected.revertProved(), nowMs() + revertLimitMs, nowMs)) === true;
  if (!result.revertProved) result.message = `not seen to be mended within ${revertLimitMs / 1000} s`;
};

/** Undoes all that the fault may have begun, and gives what is still there afterwards. */
const undo = async ({ resolved, options }: Life): Promise<string[]> => {
  const undone = await Promise.allSettled(resolved.reverts.map(revert));
  const failures = undone.filter((one) => one.status === 'rejected');
  return [
    ...failures.map(({ reason }) => `could not revert: ${messageOf(reason)}`),
    ...(await faultResidue(options.stack, options.service, options)),
  ];
};

/**
 * An injection that fails half-way may have broken something. Its reverts are run, which is harmless where nothing was
 * broken. The fault cannot prove then that all is well, since it never began; the look for residue proves it instead.
 */
const injectOrUndo = async (life: Life, mended: () => void): Promise<InjectedFault> => {
  try {
    return await life.resolved.inject();
  } catch (error) {
    const left = await undo(life);
    life.result.revertProved = left.length === 0;
    if (left.length > 0) throw environmentError(`${messageOf(error)}; left behind: ${left.join('; ')}`);
    mended();
    throw error;
  }
};

const live = async (life: Life): Promise<void> => {
  const { result, resolved, options } = life;
  const journal = journalFile(options.workspace.folder);
  const armed = `${result.id}@${Math.round(options.nowMs())}`;
  options.workspace.registerMender(journalModule);
  armInJournal(journal, armed, resolved.reverts);
  const mended = (): void => revertedInJournal(journal, armed);
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

const resolveFault = async (result: FaultResult, options: ApplyOptions): Promise<ResolvedFault> => {
  const { stack, service, nowMs } = options;
  const context: FaultContext = { stack, service, nowMs };
  try {
    const fault = await chooseFault(result.id, options.with);
    result.title = fault.title;
    return await fault.resolve(options.plant?.(context) ?? context);
  } catch (error) {
    // Nothing was touched, so nothing is left.
    result.revertProved = true;
    throw error;
  }
};

const untouched = (id: string): FaultResult => ({
  id,
  title: id,
  target: '',
  injectedAtMs: null,
  revertedAtMs: null,
  bite: 'unknown',
  revertProved: false,
});

/**
 * The fault is healed in every ending. It never rejects: what went wrong stands in the result, and only `bit` may lead
 * to a pass.
 */
export const applyFault = async (id: string, options: ApplyOptions): Promise<FaultResult> => {
  const result = untouched(id);
  const { signal, healed } = options;
  const over = healed === undefined ? signal : AbortSignal.any([signal, healed]);
  try {
    const resolved = await resolveFault(result, options);
    result.target = resolved.target;
    await live({ result, resolved, options, over });
  } catch (error) {
    result.message = messageOf(error);
  }
  return result;
};
