/** All tracks of an entry: from its samples, or from the roll-up of a run whose samples are gone. */
import { gridFor, type Grid } from './grid.ts';
import { appPool } from './makers/app-pool.ts';
import { errors } from './makers/errors.ts';
import { jobs } from './makers/jobs.ts';
import { latency } from './makers/latency.ts';
import { pooler } from './makers/pooler.ts';
import { processes } from './makers/processes.ts';
import { requests } from './makers/requests.ts';
import { schedules } from './makers/schedules.ts';
import { sessions } from './makers/sessions.ts';
import { time } from './makers/time.ts';
import { transactions } from './makers/transactions.ts';
import { waits } from './makers/waits.ts';
import type { Observations } from './observations.ts';
import { rollUpPoints, rollUpSchema, type RollUp } from './rollup.ts';
import type { Track, TrackMaker } from './track.ts';
import type { Window } from './windows.ts';

/** Those that several charts and comparisons share. */
const sharedMakers: readonly TrackMaker[] = [
  requests,
  latency,
  time,
  appPool,
  pooler,
  sessions,
  waits,
  transactions,
  processes,
  jobs,
  errors,
  schedules,
];

const wasSeen = ({ values }: Track): boolean => values.some((value) => !Number.isNaN(value));

/** Each point of the roll-up holds over its bucket of the finer grid. */
const tracksOfRollUp = ({ startMs, stepMs, tracks }: RollUp, grid: Grid): Track[] =>
  tracks.map((kept) => ({
    ...kept,
    values: Float64Array.from({ length: grid.points }, (_, point) => {
      const middleMs = grid.startMs + (point + 0.5) * grid.stepMs;
      return kept.values[Math.floor((middleMs - startMs) / stepMs)] ?? NaN;
    }),
  }));

/** Of which anything was seen, by id. `further`: makers that a chart brings for what only it shows. */
export const tracksOf = (
  observations: Observations,
  grid: Grid,
  further: readonly TrackMaker[] = [],
): Map<string, Track> => {
  const tracks =
    observations.kept === undefined
      ? [...sharedMakers, ...further].flatMap((make) => make(observations, grid)).filter(wasSeen)
      : tracksOfRollUp(observations.kept, grid);
  return new Map(tracks.map((track) => [track.id, track]));
};

const short = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(3)) : null);

/** `keep`'s copy of one entry, within a window from its first phase's start to its last phase's end. */
export const rollUp = (
  observations: Observations,
  { startMs, endMs }: Window,
  further: readonly TrackMaker[] = [],
): RollUp => {
  const grid = gridFor(startMs, endMs, rollUpPoints);
  const tracks = [...tracksOf(observations, grid, further).values()].map(({ id, title, unit, values }) => ({
    id,
    title,
    unit,
    values: Array.from(values, short),
  }));
  return { schema: rollUpSchema, startMs: grid.startMs, stepMs: grid.stepMs, tracks };
};
