/** A stranger's k6 script, looked at before it runs: does it load, how long does it take, which bounds has it? */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type {
  CriterionDeclaration,
  EnvironmentDeclaration,
  ScenarioDeclaration,
} from '../../scenarios/lib/declaration.ts';
import type { JourneyDeclaration } from '../../scenarios/lib/journey.ts';
import type { ScriptLoad } from '../result.ts';
import { usageError } from '../errors.ts';
import { optionsInEnvironment } from '../tools/k6-variables.ts';
import type { Tool } from '../tools/tool.ts';
import { atRow, journeyIn, rowVariables, selectRows } from './journey.ts';
import type { Profile } from './profiles.ts';
import { declaredLoadOf } from './declared-load.ts';
import { packScript, type PackedScript, type ScriptInputs } from './script-archive.ts';
import { loadOptions, loadSeconds, loadText, saysLoad } from './script-load.ts';

/** What `options.ext.pgsurge` of a stranger's script may say. */
const criteria = z.array(
  z
    .object({
      id: z.string(),
      value: z.number().nullish(),
      comparator: z.enum(['<', '<=', '=', '>=', '>']).nullish(),
      notApplicable: z.string().nullish(),
    })
    .strip(),
);
const inspected = loadOptions.extend({
  paused: z.boolean().nullish(),
  ext: z
    .object({ pgsurge: z.object({ title: z.string().nullish(), criteria: criteria.nullish() }).nullish() })
    .nullish(),
});
type Inspected = z.infer<typeof inspected>;

const inspect = (file: string, { options }: PackedScript): Inspected => {
  const parsed = inspected.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = ['options', ...(issue?.path ?? [])].join('.');
  throw usageError(`the script ${path.basename(file)}: ${place}: ${issue?.message ?? ''}`);
};

const howToGiveLoad = 'give it behind --, as in -- --vus 20 --duration 20s, or in the script’s options';

/** Nothing is run whose result would be a page over one iteration. */
const mustSayLoad = (script: Inspected, file: string): void => {
  if (saysLoad(script)) return;
  const unused = optionsInEnvironment(process.env).filter((name) => /^K6_(VUS|DURATION|ITERATIONS|STAGES)$/.test(name));
  const inEnvironment = unused.length === 0 ? '' : `; not used: ${unused.join(', ')} in the environment`;
  throw usageError(
    `the script ${path.basename(file)} says no load: ` +
      `k6 would run one iteration of each user${inEnvironment}; ${howToGiveLoad}`,
  );
};

/** k6 would wait for somebody who tells it to go on. */
const mustBegin = ({ paused }: Inspected, file: string): void => {
  if (paused !== true) return;
  throw usageError(`the script ${path.basename(file)} says paused: true, so its load would not begin: leave that out`);
};

/** A script without an end would be run for ever. */
const secondsOf = (script: Inspected, file: string): number => {
  mustBegin(script, file);
  mustSayLoad(script, file);
  const seconds = loadSeconds(script);
  if (seconds >= 1) return seconds;
  throw usageError(
    `the script ${path.basename(file)} says a load of ${seconds} s: ` +
      'give it a duration or stages of a second at least',
  );
};

/** It would load whatever else listens where it looks, or nothing at all, and the service would be blamed for it. */
const mustFindService = ({ readsTarget }: PackedScript, file: string, { needsTarget }: ForeignContext): void => {
  if (needsTarget !== true || readsTarget) return;
  throw usageError(
    `the script ${path.basename(file)} does not read where the service is, whose port is another in each run: let ` +
      'it read __ENV.TARGET_URL, or tell it by its own variable, as in load: { script, variables: { BASE_URL: ' +
      "'{targetUrl}' } }, or fix service.port",
  );
};

/** What is known of the service beside its script. */
export interface ForeignContext {
  /** Bounds of the command line, which beat the script's own. */
  bounds: CriterionDeclaration[];
  /** Bounds of the config, which the script's own beat. */
  configured: CriterionDeclaration[];
  /** Of a service that pgsurge starts: what the config says of its stack. */
  environment: EnvironmentDeclaration;
  /** The page's, where neither script nor file name says it better. */
  purpose: string;
  /** Rows of a journey that were asked for by name; none means all. */
  rows?: string[];
  /** How long the rows of a journey are. */
  profile: Profile;
  /** The service's port is another in each run, and no variable of the script's own tells it: TARGET_URL must. */
  needsTarget?: boolean;
}

export interface ForeignScript {
  declaration: ScenarioDeclaration;
  scenarioHash: string;
}

const firstOfEach = (named: readonly CriterionDeclaration[]): CriterionDeclaration[] =>
  named.filter((criterion, index) => named.findIndex(({ id }) => id === criterion.id) === index);

const declarationOf = (
  id: string,
  title: string,
  { seconds, script }: { seconds: number; script: ScriptLoad | null },
  criteriaOfIt: CriterionDeclaration[],
  { environment, purpose }: ForeignContext,
): ScenarioDeclaration => ({
  schema: 'pgsurge.scenario/1',
  id,
  group: 'external',
  title,
  purpose,
  seeds: [],
  environment,
  load: {
    phases: [{ name: 'load', kind: 'steady', fullSeconds: seconds, floorSeconds: seconds, activeJobs: 0 }],
    interactivePerSecond: 0,
  },
  script,
  variants: [{ name: 'yours', title: 'The service as it is', expected: 'pass' }],
  criteria: criteriaOfIt,
});

/** The files, and the load that they make with the variables and options of this run. */
const hashOf = ({ hash }: PackedScript, script: Inspected): string =>
  createHash('sha256')
    .update(hash)
    .update(loadText(loadOptions.parse(script)))
    .digest('hex')
    .slice(0, 16);

/** The command line's bounds beat the script's, the script's beat the file's. */
const lookedAt = async (
  file: string,
  k6: Tool,
  inputs: ScriptInputs,
  context: ForeignContext,
): Promise<ForeignScript & { journey: JourneyDeclaration | null }> => {
  if (!existsSync(file)) throw usageError(`there is no k6 script ${file}; give the path of yours`);
  const packed = await packScript(file, k6, inputs);
  const script = inspect(file, packed);
  const own = script.ext?.pgsurge;
  const id = path.parse(file).name;
  const named = firstOfEach([...context.bounds, ...(own?.criteria ?? []), ...context.configured]);
  const load = { seconds: secondsOf(script, file), script: declaredLoadOf(packed.options) };
  mustFindService(packed, file, context);
  return {
    scenarioHash: hashOf(packed, script),
    declaration: declarationOf(id, own?.title ?? id, load, named, context),
    journey: journeyIn((packed.options['ext'] as { pgsurge?: unknown } | undefined)?.pgsurge),
  };
};

const withRow = ({ variables, options }: ScriptInputs, row: string): ScriptInputs => ({
  variables: [...variables, ...rowVariables(row)],
  options,
});

/** One scenario; of a journey by `matrix` of pgsurge/k6 one for each row, or those of the rows that are named. */
export const inspectForeign = async (
  file: string,
  k6: Tool,
  inputs: ScriptInputs,
  context: ForeignContext,
): Promise<ForeignScript[]> => {
  const { rows: asked = [], profile } = context;
  const { journey, ...script } = await lookedAt(file, k6, inputs, context);
  if (journey === null) {
    if (asked.length > 0)
      throw usageError(`${path.basename(file)} has no rows (${asked.join(', ')}): its options come from elsewhere`);
    return [script];
  }
  const looks = selectRows(journey.rows, asked, path.basename(file)).map(async (row): Promise<ForeignScript> => {
    const one = await lookedAt(file, k6, withRow(inputs, row), context);
    return { scenarioHash: one.scenarioHash, declaration: atRow(one.declaration, one.journey ?? journey, profile) };
  });
  return Promise.all(looks);
};
