import { countAbove } from '../measure/histograms/histogram.ts';
import { histogramsOf } from '../measure/tracks/observations.ts';
import type { FaultResult } from '../result.ts';
import type { JudgedEntry } from './criterion.ts';
import { requestTimes } from './requests.ts';

/** What counts as a slow transaction (ours); never scaled. */
export const slowTransactionSeconds = 1;

/**
 * When the disturbance ended: the last fault's revert, else the last step's end, else the burst's. Null: there was
 * none.
 */
export const disturbedUntilMs = ({
  faults,
  steps,
  phases,
}: Pick<JudgedEntry, 'faults' | 'steps' | 'phases'>): number | null => {
  const reverted = faults
    .map(({ revertedAtMs, injectedAtMs }) => revertedAtMs ?? injectedAtMs)
    .filter((atMs) => atMs !== null);
  if (reverted.length > 0) return Math.max(...reverted);
  // The service's own start is in the log of steps too, and disturbs nobody.
  const ended = steps.filter((step) => step.do !== 'start').map(({ endMs, atMs }) => endMs ?? atMs);
  if (ended.length > 0) return Math.max(...ended);
  const bursts = phases.filter(({ kind }) => kind === 'burst').map(({ endMs }) => endMs);
  return bursts.length > 0 ? Math.max(...bursts) : null;
};

/** When the fault began to act: its step's beginning, since `injectedAtMs` says when all of it was in force. */
export const brokenFromMs = ({ steps }: Pick<JudgedEntry, 'steps'>, { injectedAtMs }: FaultResult): number => {
  const atMs = injectedAtMs ?? Infinity;
  const begun = steps
    .filter((step) => step.do === 'inject' && step.atMs <= atMs && (step.endMs ?? Infinity) >= atMs)
    .map((step) => step.atMs);
  return begun.length === 0 ? atMs : Math.max(...begun);
};

/** Last interval after `fromMs` that held a slow transaction; null if there was none. */
export const lastSlowMs = ({ observations }: Pick<JudgedEntry, 'observations'>, fromMs: number): number | null => {
  let last: number | null = null;
  for (const { tMs, histograms } of histogramsOf(observations, 'pgsurge.transaction.duration')) {
    histograms.forEach((histogram, index) => {
      if (tMs[index]! > fromMs && countAbove(histogram, slowTransactionSeconds) > 0)
        last = Math.max(last ?? -Infinity, tMs[index]!);
    });
  }
  return last;
};

/**
 * Where nothing was broken on purpose: the control is looked at from the instant at which the others' faults are
 * mended.
 */
const asIfMendedMs = ({ expectation, phases }: JudgedEntry): number | null =>
  expectation == null ? null : (phases.find(({ kind }) => kind === 'recovery')?.startMs ?? null);

/**
 * Seconds from the disturbance's end to the first success, the last error and the last slow transaction (stable is
 * after the last bad one).
 */
export const recoveryOf = (entry: JudgedEntry): Record<string, number | null> | null => {
  const fromMs = disturbedUntilMs(entry) ?? asIfMendedMs(entry);
  if (fromMs === null) return null;
  const after = (atMs: number | null | undefined): number | null => (atMs == null ? null : (atMs - fromMs) / 1000);
  const times = (outcome: 'served' | 'error'): number[] =>
    requestTimes(entry.observations, outcome).filter((atMs) => atMs > fromMs);
  return {
    firstSuccessSeconds: after(times('served')[0]),
    lastErrorSeconds: after(times('error').at(-1)) ?? 0,
    lastSlowTransactionSeconds: after(lastSlowMs(entry, fromMs)) ?? 0,
  };
};
