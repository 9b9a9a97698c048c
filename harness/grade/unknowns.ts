/** The words of a criterion that cannot know, or has nothing to judge. */
import type { LinesRead } from '../measure/logs/lines-read.ts';
import { formatSeconds } from '../measure/numbers-in-words.ts';
import type { Observations, Series } from '../measure/tracks/observations.ts';
import { lastTimeOf, totalMs, type Window } from '../measure/tracks/windows.ts';
import type { JudgeInput, Measurement } from './criterion.ts';

type Unknown = Extract<Measurement, { state: 'inconclusive' }>;

const lostSources = (observations: Observations): string =>
  observations.sources
    .filter(({ ok }) => !ok)
    .map(({ source, reason }) => `${source}: ${reason}`)
    .join('; ');

/** Nothing of that series arrived: says so, and which sources failed. */
export const notSeen = (input: JudgeInput, what: string): Unknown => {
  const lost = lostSources(input.observations);
  return {
    state: 'inconclusive',
    count: 0,
    reason: lost === '' ? `no ${what} were seen` : `no ${what} were seen (lost: ${lost})`,
  };
};

/** The gauge stopped before the window did: what came after is unknown. Null when it covers the window's end. */
export const cutShort = (series: readonly Series[], windows: readonly Window[], what: string): Unknown | null => {
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

/** A log was read, but hardly a line of it could be told from others. */
export const notUnderstood = ({ read, notUnderstood: count }: LinesRead, whose: string): Unknown => ({
  state: 'inconclusive',
  count: 0,
  reason:
    `${count} of ${read} lines of ${whose}'s log were not understood (no level that can be read): ` +
    'that no error was found in it says nothing',
});

export const tooFew = (count: number, needed: number, what: string): Unknown => ({
  state: 'inconclusive',
  count,
  reason: `too few ${what}: ${count}, at least ${needed} are needed`,
});

export const noLoad: Extract<Measurement, { state: 'notApplicable' }> = {
  state: 'notApplicable',
  reason: 'the scenario has no loaded phase',
};
