/** The stretches of time in which criteria judge. */
import { formatSeconds } from '../measure/numbers-in-words.ts';
import { totalMs, windowsOf, type Window } from '../measure/tracks/windows.ts';
import type { PhaseResult } from '../result.ts';
import type { JudgedEntry } from './criterion.ts';

/** Phases under load. Warm-up is cut from every judgement; a rest has no jobs. */
const loadedKinds: readonly PhaseResult['kind'][] = ['steady', 'burst', 'recovery'];
export const loadedWindows = (phases: readonly PhaseResult[]): Window[] => windowsOf(phases, loadedKinds);

/** From the end of the warm-up to that of the last phase. */
export const afterWarmup = (phases: readonly PhaseResult[]): Window[] => {
  const startMs = phases.find(({ kind }) => kind !== 'warmup')?.startMs;
  return startMs === undefined ? [] : [{ startMs, endMs: phases.at(-1)!.endMs }];
};

/** Everything but the warm-up, also before the first phase and after the last: for what must never happen. */
export const outsideWarmup = (phases: readonly PhaseResult[]): Window[] => {
  const warmups = windowsOf(phases, ['warmup']);
  const windows: Window[] = [];
  let startMs = -Infinity;
  for (const warmup of warmups) {
    windows.push({ startMs, endMs: warmup.startMs });
    startMs = warmup.endMs;
  }
  return [...windows, { startMs, endMs: Infinity }];
};

/**
 * Runs of before `teardownMs` do not say when the service was told to stop. After the load k6 waited for its last
 * requests and the settle gate for the last jobs, which together seldom took less than this.
 */
const leastWorkAfterLoadMs = 3000;

/** Until when the service was at work: the instant at which it was told to stop. */
export const atWorkUntilMs = ({ teardownMs, phases }: Pick<JudgedEntry, 'teardownMs' | 'phases'>): number =>
  teardownMs ?? (phases.at(-1)?.endMs ?? Infinity) + leastWorkAfterLoadMs;

/** Names of phases that count as load, as k6 samples carry them. */
export const loadedPhaseNames = (phases: readonly PhaseResult[]): Set<string> =>
  new Set(phases.filter(({ kind }) => loadedKinds.includes(kind)).map(({ name }) => name));

export const windowWords = (windows: readonly Window[]): string =>
  `${formatSeconds(totalMs(windows))} after the warm-up`;
