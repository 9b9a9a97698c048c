import type { Observations } from '../../measure/tracks/observations.ts';
import type { Window } from '../../measure/tracks/windows.ts';
import type { ScenarioResult } from '../../result.ts';

const leastMs = 1000;

/** Steps may take longer than the load beside them. Null where a killed run had written no phase. */
const plannedEndMs = ({ phases, steps }: ScenarioResult): number | null => {
  const last = phases.at(-1);
  return last === undefined ? null : Math.max(last.endMs, ...steps.map(({ endMs }) => endMs ?? 0));
};

export const firstSampleMs = ({ series }: Observations): number =>
  series.reduce((least, { tMs }) => Math.min(least, tMs[0] ?? Infinity), Infinity);

const lastSampleMs = ({ series }: Observations): number =>
  series.reduce((most, { tMs }) => Math.max(most, tMs.at(-1) ?? 0), 0);

/** First and last instant of an entry: its phases, or what was seen where it was killed before they were written. */
export const entryWindow = (scenario: ScenarioResult, observations: Observations): Window => {
  const beginMs = scenario.phases[0]?.startMs ?? scenario.startedMs ?? firstSampleMs(observations);
  const startMs = Number.isFinite(beginMs) ? beginMs : 0;
  const planned = plannedEndMs(scenario);
  const isWhole = scenario.state === 'finished' && planned !== null;
  const endMs = isWhole ? planned : Math.min(planned ?? Infinity, lastSampleMs(observations));
  return { startMs, endMs: Math.max(endMs, startMs + leastMs) };
};
