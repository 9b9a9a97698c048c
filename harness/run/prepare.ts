/** What a run needs to know before it starts anything: its scenarios, checked, and the plan of its entries. */
import path from 'node:path';
import type { ScenarioDeclaration } from '../../scenarios/lib/declaration.ts';
import { usageError } from '../errors.ts';
import type { ReadConfig } from '../config/read-config.ts';
import { inspectForeign, type ForeignContext } from '../profile/foreign-script.ts';
import { inspectScenario } from '../profile/inspect.ts';
import { atLoad } from '../profile/load-factor.ts';
import {
  listScenarioFiles,
  makePlan,
  selectScenarios,
  withControl,
  type Plan,
  type PlannedScenario,
  type ScenarioFile,
} from '../profile/plan.ts';
import { isCheckout } from '../own-modules.ts';
import { baselineId } from '../result.ts';
import { scenariosOfPart } from '../profile/parts.ts';
import { profiles, type Profile } from '../profile/profiles.ts';
import { externalFlags, externalOptions, loadedHost, type ExternalOptions } from '../stack/external/options.ts';
import { k6OptionsOf, variablesOf } from '../tools/k6-arguments.ts';
import { resolveK6 } from '../tools/k6.ts';
import { namesTarget, optionsInEnvironment, withTarget, type ScriptVariable } from '../tools/k6-variables.ts';
import type { Tool } from '../tools/tool.ts';
import { refuseUnlikeBaseline, releaseFolder } from './baseline.ts';
import { checkDeclaration } from './check-declaration.ts';
import type { Prepared, ResumedRun } from './contexts.ts';
import { emptyFacts } from './entry-facts.ts';
import { isForeign } from './is-foreign.ts';
import { withLink, withTap } from './link.ts';
import { mustBeRelease } from './own-release.ts';
import { boundsOf, ownRequest, ownRunOf, readRequestConfig, withElsewhere, type OwnRun } from './own-run.ts';
import { plantInto } from './plant.ts';
import type { RunRequest } from './request.ts';
import { lackingEntries, lackingScenarios, readResumed, resumedRequest } from './resume.ts';
import { readWaivers } from './waivers.ts';

/** Where a service that is not started yet will be: the script is looked at before its port is known. */
const laterUrl = 'http://127.0.0.1:1';

/** What was typed, and what is given beside it. A script of ours, run here, is told which host it may load. */
const variablesFor = (external: ExternalOptions | null, typed: readonly ScriptVariable[]): ScriptVariable[] => {
  const targetUrl = external === null ? laterUrl : external.targetUrl;
  return [
    ...(targetUrl === null ? [] : [{ name: 'TARGET_URL', value: targetUrl }]),
    { name: 'PGSURGE_ALLOW_HOST', value: external === null ? '' : loadedHost(external) },
    ...withTarget(typed, targetUrl),
  ];
};

/** What k6 would take for its own, and with it the load out of the script's hands. */
const sayWhatIsKept = (log: (line: string) => void): void => {
  const kept = optionsInEnvironment(process.env);
  if (kept.length > 0)
    log(`kept away from the script: ${kept.join(', ')} (k6's own options; give them behind --, as in -- --vus 20)`);
};

interface Foreign {
  external: ExternalOptions | null;
  own: OwnRun | null;
  read: ReadConfig | null;
}

const foreignContext = ({ external, own, read }: Foreign, profile: Profile): ForeignContext => {
  const bound = external?.apiMsP95 ?? null;
  return {
    bounds: bound === null ? [] : [{ id: 'api-p95', value: bound }],
    configured: boundsOf(read),
    environment: own?.environment ?? {},
    purpose: own === null ? 'A service of your own, under your own load.' : `${own.name}, under your own load.`,
    rows: own?.rows ?? [],
    profile,
  };
};

/** The file of the only script that may be given; one of ours may be named by its id. */
const onlyScript = ([given, ...others]: readonly string[]): string => {
  if (given === undefined || others.length > 0)
    throw usageError(
      '--stack external takes one k6 script of yours: ' +
        'pgsurge run path/to/script.ts --stack external --database-url …',
    );
  return path.resolve(listScenarioFiles().find(({ id }) => id === given)?.file ?? given);
};

/** A service on a port that it is told, which nobody knows before the run. */
const hasNewPort = (own: OwnRun | null): boolean => own !== null && 'variable' in own.service.port;

const foreignScripts = async (
  request: RunRequest,
  foreign: Foreign,
  k6: Tool,
  log: (line: string) => void,
): Promise<PlannedScenario[]> => {
  const file = onlyScript(request.scenarios);
  const typed = variablesOf(request.env ?? []);
  const inputs = {
    variables: variablesFor(foreign.external, typed),
    options: k6OptionsOf(request.k6Options ?? []),
  };
  sayWhatIsKept(log);
  const scripts = await inspectForeign(file, k6, inputs, {
    ...foreignContext(foreign, profiles[request.profile]),
    needsTarget: hasNewPort(foreign.own) && !namesTarget(typed),
  });
  return scripts.map(({ declaration: said, scenarioHash }) => {
    const declaration = foreign.own === null ? said : withTap(withLink(said, request.linkMs), request.tap);
    return { file: { id: declaration.id, group: 'matrix', file }, declaration, scenarioHash };
  });
};

/**
 * The files of what was asked for. Chaos gets its control beside it, which it is judged by, unless a defect is planted:
 * that is tried alone. A run that goes on takes the files of what it lacks.
 */
const filesOf = (request: RunRequest, resumed: ResumedRun | null): ScenarioFile[] => {
  const available = listScenarioFiles();
  if (request.load !== undefined) return selectScenarios([baselineId], available);
  if (resumed !== null) return selectScenarios(lackingScenarios(resumed), available);
  const selected = selectScenarios(request.scenarios, available);
  return request.plant === undefined ? withControl(selected, available) : selected;
};

const ownScenarios = (
  files: readonly ScenarioFile[],
  { plant, load, linkMs, tap }: RunRequest,
  k6: Tool,
): Promise<PlannedScenario[]> =>
  Promise.all(
    files.map(async (file) => {
      const { declaration, ...rest } = await inspectScenario(file.file, k6);
      const loaded = load === undefined ? declaration : atLoad(declaration, load);
      const planted = withTap(withLink(plantInto(loaded, plant), linkMs), tap);
      await checkDeclaration(planted);
      return { file, ...rest, declaration: planted };
    }),
  );

/** Our scenarios say their load themselves, and see no variable of an environment. */
const refuseForOurs = ({ stack, env = [], k6Options = [] }: RunRequest, own: OwnRun | null): void => {
  if (stack === 'external' || own !== null) return;
  if (env.length > 0) throw usageError('-e NAME=VALUE is for a script of your own: it needs --stack external');
  if (k6Options.length > 0)
    throw usageError('options of k6 behind -- are for a script of your own: they need --stack external');
};

const refuseBesideLoad = ({ load, scenarios, stack }: RunRequest): void => {
  if (load === undefined) return;
  if (stack === 'external') throw usageError('--load scales our own rows; a script of yours says its load itself');
  if (scenarios.length > 0) throw usageError('--load makes one row of the matrix: give it no scenarios');
};

/** Where pgsurge does not start the stack, or starts it in containers, a tap is put there by hand. */
const refuseTap = ({ stack, tap }: RunRequest): void => {
  if (tap !== true || stack === 'local') return;
  if (stack === 'external')
    throw usageError('--tap puts taps into a stack that pgsurge starts; before yours: pgsurge tap, and --tap-url');
  throw usageError('--tap stands in the local stack only; in containers it comes later: leave out --stack compose');
};

/** What one kind of stack takes and another has no place for. */
const refuseForStack = (request: RunRequest): void => {
  const [stray] = externalFlags(request);
  if (request.stack === 'external' && request.linkMs !== undefined)
    throw usageError('--link-ms needs a stack that pgsurge starts; an external service has the link it has');
  if (request.stack !== 'external' && stray !== undefined) throw usageError(`${stray} needs --stack external`);
  if (request.stack === 'compose' && !isCheckout)
    throw usageError('--stack compose needs a checkout of pgsurge; the package has --stack local and external');
};

const checkedRequest = (request: RunRequest, own: OwnRun | null): RunRequest => {
  refuseForStack(request);
  refuseTap(request);
  refuseForOurs(request, own);
  refuseBesideLoad(request);
  if (request.against !== undefined && request.baseline !== undefined)
    throw usageError(
      '--against and --baseline are two comparisons: ' +
        'give one, and compare with the other afterwards: pgsurge compare BASE HEAD',
    );
  // Of a service of the team's own any revision is a release.
  if (request.against === undefined || own !== null) return request;
  return { ...request, against: releaseFolder(request.against) };
};

const nameOf = ({ scenarios, load, part }: RunRequest): string => {
  if (load !== undefined) return `load-${load}`;
  const asked = scenarios.length === 0 ? 'matrix' : scenarios.map((scenario) => path.parse(scenario).name).join('-');
  return part === undefined ? asked : `${asked}-part-${part.number}-of-${part.of}`;
};

const hasVariant = ({ variants }: ScenarioDeclaration, wanted: string): boolean =>
  wanted === 'all' || variants.some(({ name }) => name === wanted);

/** A run's folder is called so. */
const folderName = (name: string): string => name.replaceAll(/[^\w.-]+/g, '-') || 'service';

/** Scenarios without the variant that was asked for are left out; that none has it is wrong use. */
const planOf = (scenarios: readonly PlannedScenario[], request: RunRequest, own: OwnRun | null): Plan => {
  const { variant, repeats, against } = request;
  const name = own === null ? nameOf(request) : folderName(own.name);
  const profile = profiles[request.profile];
  const shared = request.part === undefined ? scenarios : scenariosOfPart(scenarios, request.part, profile);
  const found = shared.filter(({ declaration }) => hasVariant(declaration, variant));
  if (found.length === 0) throw usageError(`no scenario of ${name} has a variant "${variant}"`);
  return makePlan(found, { name, profile, variant, repeats, releases: against !== undefined });
};

/** Scenarios inspected and checked, the plan made; nothing started yet. Wrong input ends here (exit 2). */
export const prepare = async (asked: RunRequest, log: (line: string) => void): Promise<Prepared> => {
  const resumed = readResumed(asked);
  const read = await readRequestConfig(asked);
  const resumedAsked = withElsewhere(resumedRequest(asked, resumed), read);
  const own = ownRunOf(resumedAsked, read);
  const request = checkedRequest(own === null ? resumedAsked : ownRequest(resumedAsked, own), own);
  if (own !== null && request.against !== undefined) await mustBeRelease(request.against, own.service);
  const external = request.stack === 'external' ? externalOptions(request) : null;
  const waivers = resumed === null ? await readWaivers(read) : (resumed.run.waivers ?? []);
  const foreign = isForeign({ external, own });
  const files = foreign ? [] : filesOf(request, resumed);
  for (const note of own?.notes ?? []) log(note);
  const k6 = await resolveK6(log);
  const scenarios = foreign
    ? await foreignScripts(request, { external, own, read }, k6, log)
    : await ownScenarios(files, request, k6);
  const whole = planOf(scenarios, request, own);
  const plan = resumed === null ? whole : { ...whole, entries: lackingEntries(whole, resumed) };
  const profile = profiles[request.profile];
  const planned = resumed?.run.scenarios ?? plan.entries.map((entry) => emptyFacts(entry, request.seed));
  await refuseUnlikeBaseline(request, planned, profile, log);
  return { request, plan, profile, k6, external, own, resumed, waivers };
};
