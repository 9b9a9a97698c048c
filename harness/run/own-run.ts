/** What a team's config asks of a run: their service on our stack, under their load. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { CriterionDeclaration, EnvironmentDeclaration } from '../../scenarios/lib/declaration.ts';
import { refuseForeignDatabases } from '../config/foreign-databases.ts';
import type { LoadConfig } from '../config/config.ts';
import { ownServiceOf, serviceKind, type OwnService } from '../config/own-service.ts';
import { ownStackOf, type OwnStackParts } from '../config/own-stack.ts';
import { readConfig, type ReadConfig } from '../config/read-config.ts';
import { usageError } from '../errors.ts';
import type { RunRequest } from './request.ts';

export interface OwnRun {
  /** The name of the run and of its page. */
  name: string;
  service: OwnService;
  /** The release that --against names, once it is prepared. */
  base: OwnService | null;
  stack: OwnStackParts;
  environment: EnvironmentDeclaration;
  load: Required<LoadConfig>;
  /** Rows of the load's journey that were asked for by name. */
  rows: string[];
  /** What is told before anything starts. */
  notes: string[];
}

/** Bounds by the criterion's id, as a declaration has them. */
export const boundsOf = (read: ReadConfig | null): CriterionDeclaration[] =>
  Object.entries(read?.config.criteria ?? {}).map(([id, bound]) =>
    typeof bound === 'number' ? { id, value: bound } : { id, ...bound },
  );

export const readRequestConfig = async ({ config }: RunRequest): Promise<ReadConfig | null> =>
  config === undefined ? null : readConfig(config);

/** A service that runs elsewhere is asked for as on the command line, which beats the config. */
export const withElsewhere = (request: RunRequest, read: ReadConfig | null): RunRequest => {
  const kind = serviceKind(read);
  if (kind === 'reference' || 'own' in kind) return request;
  const { url, log, allowHosts = [], tapUrls, ...rest } = kind.elsewhere;
  const given = {
    ...rest,
    targetUrl: url,
    ...(log === undefined ? {} : { serviceLog: path.resolve(read!.folder, log) }),
    ...(tapUrls === undefined ? {} : { tapUrl: tapUrls }),
  };
  const script = read!.config.load;
  const scenarios =
    request.scenarios.length > 0 || script === undefined ? request.scenarios : [loadOf(script, read!).script];
  return {
    ...given,
    ...request,
    stack: 'external',
    scenarios,
    allowHost: [...allowHosts, ...request.allowHost],
    ...(script === undefined ? {} : withLoad(request, loadOf(script, read!))),
  };
};

/** The config's variables and options; what was typed comes behind and so beats them. */
const withLoad = (
  request: RunRequest,
  { variables, options }: Required<LoadConfig>,
): Pick<RunRequest, 'env' | 'k6Options'> => ({
  env: [...Object.entries(variables).map(([name, value]) => `${name}=${value}`), ...(request.env ?? [])],
  k6Options: [...options, ...(request.k6Options ?? [])],
});

/** An options file of k6 lies beside the config as every other path in it, wherever pgsurge is called. */
const besideConfig = (options: readonly string[], folder: string): string[] =>
  options.map((word, index) =>
    ['--config', '-c'].includes(options[index - 1] ?? '') ? path.resolve(folder, word) : word,
  );

const loadOf = (load: string | LoadConfig, { folder }: ReadConfig): Required<LoadConfig> => {
  const { script, variables = {}, options = [] } = typeof load === 'string' ? { script: load } : load;
  return { script: path.resolve(folder, script), variables, options: besideConfig(options, folder) };
};

/** A path is a script that is not there. */
const mayBeRow = (typed: string): boolean => !/[./]/.test(typed);

/** The script that was typed, or the config's; what is typed and no script are rows of its journey. */
const ownLoad = ({ scenarios }: RunRequest, read: ReadConfig): Pick<OwnRun, 'load' | 'rows'> => {
  const { load } = read.config;
  const [typed, ...others] = scenarios;
  if (typed === undefined && load === undefined)
    throw usageError(`${path.basename(read.file)} names no load: load: "load/journey.ts", or pgsurge run SCRIPT`);
  const configured = load === undefined ? { variables: {}, options: [] } : loadOf(load, read);
  if (typed === undefined) return { load: configured as Required<LoadConfig>, rows: [] };
  if (others.length === 0 && existsSync(typed))
    return { load: { ...configured, script: path.resolve(typed) }, rows: [] };
  if ('script' in configured && scenarios.every(mayBeRow)) return { load: configured, rows: scenarios };
  throw usageError(
    `${scenarios.join(', ')}: scenarios of pgsurge know its own service only, and ${path.basename(read.file)} names ` +
      'yours: give a k6 script of yours, nothing, or --no-config',
  );
};

const refuseOtherStacks = ({ stack }: RunRequest): void => {
  if (stack === 'compose')
    throw usageError(
      'a service of your own does not run on --stack compose yet: leave it out, it runs as processes here',
    );
};

/** Null where the config names no service of the team's that pgsurge starts. */
export const ownRunOf = (request: RunRequest, read: ReadConfig | null): OwnRun | null => {
  const kind = serviceKind(read);
  if (read === null || request.stack === 'external' || kind === 'reference' || !('own' in kind)) return null;
  refuseOtherStacks(request);
  const service = ownServiceOf(kind.own, read.folder);
  refuseForeignDatabases(service, process.env, request.allowHost);
  const { environment, parts, notes } = ownStackOf(read.config, service);
  return {
    name: read.config.name ?? path.basename(read.folder),
    service,
    base: null,
    stack: parts,
    environment: { ...environment, budget: budgetOf(service) },
    ...ownLoad(request, read),
    notes,
  };
};

/** The budget of all processes together, where each of them has one. */
const budgetOf = ({ api, beside }: OwnService): EnvironmentDeclaration['budget'] => {
  const all = [api, ...beside];
  if (all.some(({ budget }) => budget === null)) return null;
  const sum = (part: 'cores' | 'memoryBytes'): number =>
    all.reduce((total, { budget, replicas }) => total + budget![part] * replicas, 0);
  return { cores: sum('cores'), memoryBytes: sum('memoryBytes') };
};

export const ownRequest = (request: RunRequest, { load }: OwnRun): RunRequest => ({
  ...request,
  scenarios: [load.script],
  ...withLoad(request, load),
});
