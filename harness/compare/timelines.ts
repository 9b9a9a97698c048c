/** Both runs' roll-ups on one axis: head's phases, with base moved phase by phase so that the same instants lie above each other. */
import type { PhaseResult, ScenarioResult } from '../result.ts';
import { withinPhase, type PhaseLine } from './blocks.ts';
import type { Timeline } from './comparison.ts';
import { comparedTracks } from '../archive/rollups.ts';

export interface LinePair {
  scenario: string;
  variant: string;
  base: PhaseLine;
  head: PhaseLine;
}

const fitted = (values: readonly (number | null)[], length: number): (number | null)[] =>
  Array.from({ length }, (_, index) => values[Math.floor((index * values.length) / Math.max(1, length))] ?? null);

const timeline = ({ scenario, variant, base, head }: LinePair, track: string): Timeline | null => {
  const found = head.rollUp.tracks.find(({ id }) => id === track);
  if (found === undefined || !base.rollUp.tracks.some(({ id }) => id === track)) return null;
  const lines = head.phases.map(({ name }) => {
    const later = withinPhase(head, track, name);
    return { head: later, base: fitted(withinPhase(base, track, name), later.length) };
  });
  const all = { base: lines.flatMap((line) => line.base), head: lines.flatMap((line) => line.head) };
  if ([...all.base, ...all.head].every((value) => value === null || value === 0)) return null;
  const startMs = head.phases[0]?.startMs ?? 0;
  return {
    scenario,
    variant,
    track,
    title: found.title,
    unit: found.unit,
    stepMs: head.rollUp.stepMs,
    phases: head.phases.map((phase: PhaseResult) => ({
      name: phase.name,
      startMs: phase.startMs - startMs,
      endMs: phase.endMs - startMs,
    })),
    ...all,
  };
};

/** One per compared track that both hold and that was not 0 throughout. */
export const timelinesOf = (pairs: readonly LinePair[]): Timeline[] =>
  pairs.flatMap((pair) => comparedTracks.map((track) => timeline(pair, track)).filter((line) => line !== null));

/** An entry's phases and roll-up; null where there is no roll-up. */
export const phaseLine = (entry: ScenarioResult, rollUps: Record<string, PhaseLine['rollUp']>): PhaseLine | null => {
  const rollUp = rollUps[entry.entry];
  return rollUp === undefined || entry.phases.length === 0 ? null : { rollUp, phases: entry.phases };
};
