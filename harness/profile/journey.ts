/** A journey of a team's script by `matrix` of pgsurge/k6: one scenario for each row that the script says there is. */
import { z } from 'zod';
import type { LoadDeclaration, ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import type { JourneyDeclaration } from '../../scenarios/lib/journey.ts';
import { usageError } from '../errors.ts';
import type { PhaseResult } from '../result.ts';
import type { ScriptVariable } from '../tools/k6-variables.ts';
import { scalePhases, type Profile } from './profiles.ts';

const amount = z.union([z.number(), z.tuple([z.number(), z.number()])]);
const kinds = ['warmup', 'steady', 'burst', 'recovery', 'rest'] as const;

const journey: z.ZodType<JourneyDeclaration> = z.object({
  schema: z.literal('pgsurge.journey/1'),
  row: z.string(),
  rows: z.array(z.string()),
  title: z.string(),
  by: z.enum(['users', 'rate']),
  phases: z.array(
    z.object({ name: z.string(), kind: z.enum(kinds), fullSeconds: z.number(), floorSeconds: z.number(), amount }),
  ),
  criteria: z
    .array(z.object({ id: z.string(), value: z.number().nullish(), notApplicable: z.string().nullish() }))
    .nullish(),
});

/** What `options.ext.pgsurge` of a script says; null where its options come from elsewhere. */
export const journeyIn = (ext: unknown): JourneyDeclaration | null => {
  const parsed = journey.safeParse(ext);
  return parsed.success ? parsed.data : null;
};

/** The rows that were asked for by name, in the script's order; none means all. */
export const selectRows = (rows: readonly string[], asked: readonly string[], file: string): string[] => {
  const unknown = asked.find((name) => name !== 'matrix' && !rows.includes(name));
  if (unknown !== undefined) throw usageError(`there is no row "${unknown}" in ${file}; there are ${rows.join(', ')}`);
  const named = asked.filter((name) => name !== 'matrix');
  return rows.filter((row) => named.length === 0 || named.includes(row));
};

/** Nobody keeps jobs active in a team's service: users walk the journey. */
const journeyPhases = ({ phases }: JourneyDeclaration): LoadDeclaration['phases'] =>
  phases.map(({ amount: _, ...phase }) => ({ ...phase, activeJobs: 0 }));

const secondsOf = (phases: readonly PhaseResult[]): number => (phases.at(-1)?.endMs ?? 0) / 1000;

/** The script as it will run: the profile, not its own shortest phases, says how long. */
export const atRow = (
  declaration: ScenarioDeclaration,
  said: JourneyDeclaration,
  profile: Profile,
): ScenarioDeclaration => {
  const phases = journeyPhases(said);
  const seconds = secondsOf(scalePhases(phases, profile));
  return {
    ...declaration,
    id: said.row,
    title: said.title,
    load: { ...declaration.load, phases },
    script: declaration.script == null ? null : { ...declaration.script, seconds, row: said.row },
  };
};

/** What k6 is told of the row: which one, and its phases as the profile scales them. */
export const rowVariables = (row: string, phases?: readonly PhaseResult[]): ScriptVariable[] => [
  { name: 'PGSURGE_ROW', value: row },
  ...(phases === undefined
    ? []
    : [
        {
          name: 'PGSURGE_PHASES',
          value: JSON.stringify(phases.map(({ name, kind, startMs, endMs }) => ({ name, kind, startMs, endMs }))),
        },
      ]),
];
