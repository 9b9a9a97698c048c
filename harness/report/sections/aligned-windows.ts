/** The time that each variant of an incident is drawn over: of the same length, from the same moment of its life. */
import { entryWindow, firstSampleMs } from '../charts/entry-window.ts';
import type { Observations } from '../../measure/tracks/observations.ts';
import type { Window } from '../../measure/tracks/windows.ts';
import type { ScenarioResult } from '../../result.ts';
import type { EntryData } from './entry-data.ts';

/** What happens before the first phase counts in an incident: a start is where herds form. */
const longestPrerollMs = 15_000;
const beforeStartMs = 500;
const leastMs = 1000;

/** Half a second before its service started, where that is known, else at its first sample before the first phase. */
const beginOf = (scenario: ScenarioResult, observations: Observations, phaseMs: number): number => {
  const started = scenario.steps.find((step) => step.do === 'start' && step.atMs <= phaseMs);
  const first = started === undefined ? firstSampleMs(observations) : started.atMs - beforeStartMs;
  return Math.max(phaseMs - longestPrerollMs, Math.min(phaseMs, first));
};

/** The window of each entry, by its name; an entry without samples has none. */
export const alignedWindows = (entries: readonly EntryData[]): Map<string, Window> => {
  const own = entries.flatMap(({ scenario, observations }) => {
    if (observations === null) return [];
    const { startMs, endMs } = entryWindow(scenario, observations);
    return [{ entry: scenario.entry, beginMs: beginOf(scenario, observations, startMs), endMs }];
  });
  const lengthMs = Math.max(leastMs, ...own.map(({ beginMs, endMs }) => endMs - beginMs));
  return new Map(own.map(({ entry, beginMs }) => [entry, { startMs: beginMs, endMs: beginMs + lengthMs }]));
};
