/** A stranger's k6 script, looked at before it runs: does it load, how long does it take, which bounds has it? */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import type { CriterionDeclaration, ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { environmentError, usageError } from '../errors.ts';
import { firstLineOfK6, k6Environment } from '../tools/k6-output.ts';
import type { Tool } from '../tools/tool.ts';

const inspectLimitMs = 20_000;
/** What `options.ext.pgsurge` of a stranger's script, or pgsurge.config.json, may say. */
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
const inspected = z.object({
  totalDuration: z.string().nullish(),
  ext: z
    .object({ pgsurge: z.object({ title: z.string().nullish(), criteria: criteria.nullish() }).nullish() })
    .nullish(),
});
const configuration = z.object({ criteria: z.record(z.string(), z.number()).optional() });

const unitSeconds: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 0.001 };

/** Go's words for a duration: 1h2m3s, 24s, 500ms. */
const goDurationSeconds = (text: string): number =>
  [...text.matchAll(/([\d.]+)(ms|h|m|s)/g)].reduce(
    (total, [, amount, unit]) => total + Number(amount) * (unitSeconds[unit ?? ''] ?? 0),
    0,
  );

type Inspected = z.infer<typeof inspected>;

/** What k6 prints of the script's options; throws where it gives no answer, or does not load the script. */
const askK6 = async (file: string, k6: Tool, env: Record<string, string>): Promise<string> => {
  const name = path.basename(file);
  const given = Object.entries(env).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
  const result = await execa(k6.path, ['inspect', '--execution-requirements', '--log-format', 'raw', ...given, file], {
    env: k6Environment(k6),
    extendEnv: false,
    timeout: inspectLimitMs,
    reject: false,
    stdin: 'ignore',
  });
  if (result.timedOut) throw environmentError(`k6 inspect ${name} gave no answer within ${inspectLimitMs / 1000} s`);
  if (result.exitCode === 0) return result.stdout;
  throw usageError(
    `the script ${name} does not load: ${firstLineOfK6(result.stderr)}`,
    result.stderr.trim().slice(-2000),
  );
};

const inspect = async (file: string, k6: Tool, env: Record<string, string>): Promise<Inspected> => {
  const parsed = inspected.safeParse(JSON.parse(await askK6(file, k6, env)));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.slice(2).join('.') ?? '';
  throw usageError(`the script ${path.basename(file)}: options.ext.pgsurge.${place}: ${issue?.message ?? ''}`);
};

/** A script without an end would be run for ever. */
const secondsOf = ({ totalDuration }: Inspected, file: string): number => {
  const seconds = goDurationSeconds(totalDuration ?? '');
  if (seconds >= 1) return seconds;
  throw usageError(
    `the script ${path.basename(file)} says no duration: ` +
      'give its options a duration or stages, so that the run ends by itself',
  );
};

const configured = (folder: string): CriterionDeclaration[] => {
  const file = path.join(folder, 'pgsurge.config.json');
  if (!existsSync(file)) return [];
  try {
    const { criteria: bounds = {} } = configuration.parse(JSON.parse(readFileSync(file, 'utf8')));
    return Object.entries(bounds).map(([id, value]) => ({ id, value }));
  } catch {
    throw usageError('pgsurge.config.json is not of the form {"criteria": {"api-p95": 300}}');
  }
};

export interface ForeignScript {
  declaration: ScenarioDeclaration;
  scenarioHash: string;
}

const firstOfEach = (named: readonly CriterionDeclaration[]): CriterionDeclaration[] =>
  named.filter((criterion, index) => named.findIndex(({ id }) => id === criterion.id) === index);

const declarationOf = (
  id: string,
  title: string,
  seconds: number,
  criteriaOfIt: CriterionDeclaration[],
): ScenarioDeclaration => ({
  schema: 'pgsurge.scenario/1',
  id,
  group: 'external',
  title,
  purpose: 'A service of your own, under your own load.',
  seeds: [],
  environment: {},
  load: {
    phases: [{ name: 'load', kind: 'steady', fullSeconds: seconds, floorSeconds: seconds, activeJobs: 0 }],
    interactivePerSecond: 0,
  },
  variants: [{ name: 'yours', title: 'The service as it is', expected: 'pass' }],
  criteria: criteriaOfIt,
});

/** The command line's bounds beat the script's, the script's beat the file's. */
export const inspectForeign = async (
  file: string,
  k6: Tool,
  env: Record<string, string>,
  bounds: CriterionDeclaration[],
): Promise<ForeignScript> => {
  if (!existsSync(file)) throw usageError(`there is no k6 script ${file}; --stack external takes the path of yours`);
  const script = await inspect(file, k6, env);
  const own = script.ext?.pgsurge;
  const id = path.parse(file).name;
  const named = firstOfEach([...bounds, ...(own?.criteria ?? []), ...configured(process.cwd())]);
  return {
    scenarioHash: createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16),
    declaration: declarationOf(id, own?.title ?? id, secondsOf(script, file), named),
  };
};
