/** The 120-point roll-ups of a run, as `keep` stores them beside run.json. */
import { z } from 'zod';
import type { Observations } from '../measure/tracks/observations.ts';
import { rollUpSchema, type RollUp } from '../measure/tracks/rollup.ts';
import type { TrackMaker } from '../measure/tracks/track.ts';
import { rollUp } from '../measure/tracks/tracks.ts';
import type { Window } from '../measure/tracks/windows.ts';
import type { ScenarioResult } from '../result.ts';

export const rollUpsSchemaName = 'pgsurge.rollups/1';

const track = z.object({
  id: z.string(),
  title: z.string(),
  unit: z.string(),
  values: z.array(z.number().nullable()).max(1000),
});

export const rollUpsSchema = z.object({
  schema: z.literal(rollUpsSchemaName),
  entries: z.record(
    z.string(),
    z.object({
      schema: z.literal(rollUpSchema),
      startMs: z.number(),
      stepMs: z.number().positive(),
      tracks: z.array(track),
    }),
  ),
});

/** Loads what an entry's samples hold, given its folder `samples/<entry>`; null where there are none. */
export type ObservationsOf = (entry: string) => Promise<Observations | null>;

const windowOf = ({ phases }: ScenarioResult): Window | null => {
  const [first, last] = [phases[0], phases.at(-1)];
  return first === undefined || last === undefined ? null : { startMs: first.startMs, endMs: last.endMs };
};

/** Roll-ups of every finished entry that has samples. `further`: makers of what single charts show. */
export const rollUpsOf = async (
  scenarios: readonly ScenarioResult[],
  observationsOf: ObservationsOf,
  further: readonly TrackMaker[] = [],
): Promise<Record<string, RollUp>> => {
  const entries: Record<string, RollUp> = {};
  for (const scenario of scenarios) {
    const window = windowOf(scenario);
    const observations = window === null ? null : await observationsOf(scenario.entry);
    if (window !== null && observations !== null) entries[scenario.entry] = rollUp(observations, window, further);
  }
  return entries;
};
