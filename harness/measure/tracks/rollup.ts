/**
 * A run's tracks at 120 points an entry: what `keep` stores in git and `compare` draws. About 10 to 20 kB an entry as JSON.
 */
import { gridFor } from './grid.ts';
import type { Observations } from './observations.ts';
import { tracksOf } from './tracks.ts';
import type { Track } from './tracks.ts';

export const rollUpSchema = 'pgsurge.rollup/1';

export interface RollUp {
  schema: typeof rollUpSchema;
  /** Of the first point; ms from the run's start. */
  startMs: number;
  stepMs: number;
  /** Three significant digits; null where nothing was seen. */
  tracks: { id: string; title: string; unit: string; values: (number | null)[] }[];
}

export const rollUpPoints = 120;

const short = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(3)) : null);

/** `keep`'s copy of one entry between two instants (its first phase's start and its last phase's end). */
export const rollUp = (
  observations: Observations,
  window: { startMs: number; endMs: number },
  points = rollUpPoints,
): RollUp => {
  const grid = gridFor(window.startMs, window.endMs, points);
  const tracks = [...tracksOf(observations, grid).values()].map(({ id, title, unit, values }) => ({
    id,
    title,
    unit,
    values: Array.from(values, short),
  }));
  return { schema: rollUpSchema, startMs: grid.startMs, stepMs: grid.stepMs, tracks };
};

/** Back to tracks, for charts. */
export const tracksOfRollUp = (kept: RollUp): Map<string, Track> =>
  new Map(
    kept.tracks.map(({ id, title, unit, values }) => [
      id,
      { id, title, unit, values: Float64Array.from(values, (value) => value ?? NaN) },
    ]),
  );
