import type { Grid } from './grid.ts';
import type { RollUp } from './rollup.ts';
import type { Track } from './tracks.ts';

/** Tracks of a kept run, whose samples are gone: each point of the roll-up holds over its bucket of the finer grid. */
export const keptTracks = ({ startMs, stepMs, tracks }: RollUp, grid: Grid): Map<string, Track> =>
  new Map(
    tracks.map(({ id, title, unit, values }) => {
      const at = (point: number): number =>
        values[Math.floor((grid.startMs + (point + 0.5) * grid.stepMs - startMs) / stepMs)] ?? NaN;
      return [id, { id, title, unit, values: Float64Array.from({ length: grid.points }, (_, point) => at(point)) }];
    }),
  );
