/**
 * What criteria share: the windows they judge, and the words for what could not be seen.
 */
import type { PhaseResult } from '../result.ts';
import { seriesOf, type Labels, type Observations, type Series } from '../measure/tracks/observations.ts';
import { lastTimeOf, totalMs, windowsOf, type Window } from '../measure/tracks/windows.ts';
import { formatSeconds } from '../measure/numbers-in-words.ts';
import type { JudgeInput, Measurement } from './criterion.ts';

type Unseen = Extract<Measurement, { state: 'inconclusive' }>;

/** Phases under load. Warm-up is cut from every judgement; a rest has no jobs. */
export const loadedKinds: readonly PhaseResult['kind'][] = ['steady', 'burst', 'recovery'];
export const loadedWindows = (phases: readonly PhaseResult[]): Window[] => windowsOf(phases, loadedKinds);

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

/** After the load k6 waits for what is under way, then the settle gate does: seldom less than this in older runs, which lack the instant. */
const workAfterLoadMs = 3000;

/** Until when the service was at its work: until it was told to stop. */
export const atWorkUntilMs = ({ teardownMs, phases }: Pick<JudgeInput, 'teardownMs' | 'phases'>): number =>
  teardownMs ?? (phases.at(-1)?.endMs ?? Infinity) + workAfterLoadMs;

/** Names of phases that count as load, as k6 samples carry them. */
export const loadedPhaseNames = (phases: readonly PhaseResult[]): Set<string> =>
  new Set(phases.filter(({ kind }) => loadedKinds.includes(kind)).map(({ name }) => name));

const lostSources = (observations: Observations): string =>
  observations.sources
    .filter(({ ok }) => !ok)
    .map(({ source, reason }) => `${source}: ${reason}`)
    .join('; ');

/** Nothing of that series arrived: says so, and which sources failed. */
export const notSeen = (input: JudgeInput, what: string): Unseen => {
  const lost = lostSources(input.observations);
  return {
    state: 'inconclusive',
    count: 0,
    reason: lost === '' ? `no ${what} were seen` : `no ${what} were seen (lost: ${lost})`,
  };
};

/** The gauge stopped before the window did: what came after is unknown. Null when it covers the window's end. */
export const cutShort = (series: readonly Series[], windows: readonly Window[], what: string): Unseen | null => {
  const endMs = windows.at(-1)?.endMs ?? 0;
  const lastMs = lastTimeOf(series);
  const allowedMs = Math.min(5000, Math.max(2500, totalMs(windows) / 5));
  if (lastMs === null || lastMs >= endMs - allowedMs) return null;
  const count = series.reduce((total, { tMs }) => total + tMs.length, 0);
  return {
    state: 'inconclusive',
    count,
    reason: `${what} end at ${formatSeconds(lastMs)}, ${formatSeconds(endMs - lastMs)} before the judged time does`,
  };
};

export const tooFew = (count: number, needed: number, what: string): Unseen => ({
  state: 'inconclusive',
  count,
  reason: `too few ${what}: ${count}, at least ${needed} are needed`,
});

export const noLoad: Extract<Measurement, { state: 'notApplicable' }> = {
  state: 'notApplicable',
  reason: 'the scenario has no loaded phase',
};

export const series = (input: JudgeInput, name: string, labels: Labels = {}): Series[] =>
  seriesOf(input.observations, name, labels);

export const windowWords = (windows: readonly Window[]): string =>
  `${formatSeconds(totalMs(windows))} after the warm-up`;
