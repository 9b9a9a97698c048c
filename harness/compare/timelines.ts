/**
 * Both runs' roll-ups on one axis, head's: base is moved phase by phase, so that the same instants lie above each
 * other.
 */
import { comparedTracks } from '../measure/tracks/rollup.ts';
import type { PhaseResult, ScenarioResult } from '../result.ts';
import { withinPhase, type PhaseLine } from './blocks.ts';
import type { Timeline } from './comparison.ts';

type Values = (number | null)[];

export interface LinePair {
  scenario: string;
  variant: string;
  base: PhaseLine;
  head: PhaseLine;
}

/** Stretched or shrunk to a length: a phase of base may have lasted a little longer. */
const fitted = (values: Readonly<Values>, length: number): Values =>
  Array.from({ length }, (_, index) => values[Math.floor((index * values.length) / Math.max(1, length))] ?? null);

const phaseByPhase = ({ base, head }: LinePair, track: string): { base: Values; head: Values } => {
  const lines = head.phases.map(({ name }) => {
    const later = withinPhase(head, track, name);
    return { head: later, base: fitted(withinPhase(base, track, name), later.length) };
  });
  return { base: lines.flatMap((line) => line.base), head: lines.flatMap((line) => line.head) };
};

const fromStart = (phases: readonly PhaseResult[]): Timeline['phases'] => {
  const startMs = phases[0]?.startMs ?? 0;
  return phases.map((phase) => ({
    name: phase.name,
    startMs: phase.startMs - startMs,
    endMs: phase.endMs - startMs,
  }));
};

const timeline = (pair: LinePair, track: string): Timeline | null => {
  const { scenario, variant, base, head } = pair;
  const found = head.rollUp.tracks.find(({ id }) => id === track);
  if (found === undefined || !base.rollUp.tracks.some(({ id }) => id === track)) return null;
  const values = phaseByPhase(pair, track);
  if ([...values.base, ...values.head].every((value) => value === null || value === 0)) return null;
  const { title, unit } = found;
  return {
    scenario,
    variant,
    track,
    title,
    unit,
    stepMs: head.rollUp.stepMs,
    phases: fromStart(head.phases),
    ...values,
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
