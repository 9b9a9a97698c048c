import path from 'node:path';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import type { RunOptions } from '../cli/commands/run.ts';
import { refuseUnlikeBaseline, releaseFolder } from './baseline.ts';
import { usageError } from '../errors.ts';
import { externalFlags, externalOptions, loadedHost, type ExternalOptions } from '../stack/external/options.ts';
import { inspectForeign } from '../profile/foreign-script.ts';
import { emptyFacts } from './entry-facts.ts';
import { plantInto, type Plant } from './plant.ts';
import { inspectScenario } from '../profile/inspect.ts';
import {
  listScenarioFiles,
  makePlan,
  selectScenarios,
  withControl,
  type Plan,
  type PlannedScenario,
  type ScenarioFile,
} from '../profile/plan.ts';
import { profiles, type Profile } from '../profile/profiles.ts';
import { lackingEntries, lackingScenarios, readResumed, resumedRequest, type ResumedRun } from './resume.ts';
import { resolveK6 } from '../tools/k6.ts';
import type { Tool } from '../tools/tool.ts';

export interface RunRequest extends RunOptions {
  scenarios: string[];
  /** What was typed, for the reproduce line. */
  argv: string[];
  /** A defect that a test or `selftest` puts into the run. Not on the command line. */
  plant?: Plant;
}

/** Everything that is known before anything starts. */
export interface Prepared {
  request: RunRequest;
  plan: Plan;
  profile: Profile;
  k6: Tool;
  /** Where a service of the user's own is, with --stack external. */
  external: ExternalOptions | null;
  resumed: ResumedRun | null;
}

const foreignScripts = async (request: RunRequest, external: ExternalOptions, k6: Tool): Promise<PlannedScenario[]> => {
  if (request.scenarios.length !== 1)
    throw usageError(
      '--stack external takes one k6 script of yours: pgsurge run path/to/script.ts --stack external --database-url …',
    );
  const given = request.scenarios[0]!;
  const file = path.resolve(listScenarioFiles().find(({ id }) => id === given)?.file ?? given);
  const env = {
    ...(external.targetUrl === null ? {} : { TARGET_URL: external.targetUrl }),
    PGSURGE_ALLOW_HOST: loadedHost(external),
  };
  const bounds = external.apiMsP95 === null ? [] : [{ id: 'api-p95', value: external.apiMsP95 }];
  const script = await inspectForeign(file, k6, env, bounds);
  return [{ file: { id: script.declaration.id, group: 'matrix', file }, ...script }];
};

const inspected = async (file: ScenarioFile, k6: Tool, plant: Plant | undefined): Promise<PlannedScenario> => {
  const { declaration, ...rest } = await inspectScenario(file.file, k6);
  return { file, ...rest, declaration: plantInto(declaration, plant) };
};

/** What was asked for, and the control that chaos is judged beside; not with a planted defect, which is tried alone. A run that goes on takes what it lacks. */
const filesOf = (request: RunRequest, resumed: ResumedRun | null): ScenarioFile[] => {
  const available = listScenarioFiles();
  if (resumed !== null) return selectScenarios(lackingScenarios(resumed), available);
  const selected = selectScenarios(request.scenarios, available);
  return request.plant === undefined ? withControl(selected, available) : selected;
};

const checkedRequest = (asked: RunRequest, resumed: ResumedRun | null): RunRequest => {
  const request = resumedRequest(asked, resumed);
  const [stray] = externalFlags(request);
  if (request.stack !== 'external' && stray !== undefined) throw usageError(`${stray} needs --stack external`);
  if (request.against !== undefined && request.baseline !== undefined)
    throw usageError(
      '--against and --baseline are two comparisons: give one, and compare with the other afterwards: pgsurge compare BASE HEAD',
    );
  return request.against === undefined ? request : { ...request, against: releaseFolder(request.against) };
};

/** Scenarios inspected and checked, the plan made; nothing started yet. Wrong input ends here (exit 2). */
export const prepare = async (asked: RunRequest, log: (line: string) => void): Promise<Prepared> => {
  const resumed = readResumed(asked);
  const request = checkedRequest(asked, resumed);
  const external = request.stack === 'external' ? externalOptions(request) : null;
  const profile = profiles[request.profile];
  const files = external === null ? filesOf(request, resumed) : [];
  const k6 = await resolveK6(log);
  const scenarios =
    external === null
      ? await Promise.all(files.map((file) => inspected(file, k6, request.plant)))
      : await foreignScripts(request, external, k6);
  const name =
    request.scenarios.length === 0
      ? 'matrix'
      : request.scenarios.map((scenario) => path.parse(scenario).name).join('-');
  const variants =
    request.variant === 'all'
      ? scenarios
      : scenarios.filter(({ declaration }) => hasVariant(declaration, request.variant));
  if (variants.length === 0) throw usageError(`no scenario of ${name} has a variant "${request.variant}"`);
  const whole = makePlan(variants, {
    name,
    profile,
    variant: request.variant,
    repeats: request.repeats,
    releases: request.against !== undefined,
  });
  const plan = resumed === null ? whole : { ...whole, entries: lackingEntries(whole, resumed) };
  await refuseUnlikeBaseline(
    request,
    resumed?.run.scenarios ?? plan.entries.map((planned) => emptyFacts(planned, request.seed)),
    profile,
    log,
  );
  return { request, plan, profile, k6, external, resumed };
};

const hasVariant = (declaration: ScenarioDeclaration, name: string): boolean =>
  declaration.variants.some((variant) => variant.name === name);
