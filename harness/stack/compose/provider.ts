import path from 'node:path';
import { environmentError, messageOf } from '../../errors.ts';
import type { Address } from '../../servers/address.ts';
import { removeContainers } from '../../system/containers.ts';
import { allotPorts, allSettledOrThrow, apiUrlOf, urlsOf } from '../addresses.ts';
import { statedSettings, urlAt } from '../partner.ts';
import { poolerServices } from '../poolers.ts';
import { databaseName, newPassword, newPasswords } from '../roles.ts';
import { mustRun } from '../spec.ts';
import type { Component, StackPooler, StackSpec, StartedStack } from '../stack.ts';
import type { StackContext } from '../start.ts';
import type { ContainerPart } from './container.ts';
import { resolveEngine, type Container } from './engine.ts';
import {
  adoptDatabase,
  adoptLink,
  adoptPartner,
  adoptPooler,
  adoptProxy,
  verifyPoolers,
  type AdoptedProxy,
  type PartsContext,
  type StartedPart,
  type StartedPooler,
} from './parts.ts';
import {
  buildImages,
  composeComplaint,
  insideAddress,
  makeProject,
  projectFolder,
  type Project,
  type VariablesOptions,
} from './project.ts';
import { containerHost, containerOf, containersOf } from './services.ts';

/** Images that are not here yet are pulled meanwhile. */
const upLimitMs = 600_000;
let stacks = 0;

const notStarted = (error: unknown): Error => {
  const output = error instanceof Error ? error.message : String(error);
  const lastLines = output.split('\n').slice(-10).join('\n');
  return environmentError(`the containers cannot be started: ${composeComplaint(output)}`, lastLines, error);
};

/** Resolves once the containers run; that they serve is asked for after. */
const bringUp = async (project: Project, services: string[]): Promise<void> => {
  const { DockerComposeEnvironment, Wait } = await import('testcontainers');
  const environment = new DockerComposeEnvironment(projectFolder, project.files)
    .withProjectName(project.name)
    .withEnvironment(project.variables)
    .withClientOptions({ commandOptions: ['--no-build', '--quiet-pull'] })
    // Nothing to wait for: readiness is a login, not a log line or a health check.
    .withDefaultWaitStrategy(Wait.forAll([]));
  const { promise: late, reject } = Promise.withResolvers<never>();
  const limit = setTimeout(() => reject(new Error(`not within ${upLimitMs / 1000} s`)), upLimitMs);
  try {
    await Promise.race([environment.up(services), late]);
  } catch (error) {
    throw notStarted(error);
  } finally {
    clearTimeout(limit);
  }
};

interface Started {
  database: StartedPart;
  poolers: StartedPooler[];
  proxy: StartedPart | null;
  link: ContainerPart | null;
  partner: ContainerPart;
}

const adoptAll = async (parts: PartsContext, containers: Map<string, Container>): Promise<Started> => {
  const get = (service: string): Container => containerOf(containers, service);
  const { api, proxiesBy } = parts.addresses;
  const [database, poolers, proxy, link, partner] = await allSettledOrThrow<
    [StartedPart, StartedPooler[], AdoptedProxy | null, ContainerPart | null, ContainerPart]
  >([
    adoptDatabase(parts, get('postgres')),
    allSettledOrThrow<StartedPooler[]>(
      poolerServices(parts.spec.poolerProduct, parts.spec.poolers).map((name, instance) =>
        adoptPooler(parts, get(name), instance),
      ),
    ),
    api === null ? Promise.resolve(null) : adoptProxy(parts, get('toxiproxy'), apiUrlOf(api)),
    proxiesBy === 'link' ? adoptLink(parts, get('link')) : Promise.resolve(null),
    adoptPartner(parts, get('partner')),
  ]);
  // Not before the database serves: a pooler that was refused once waits server_login_retry before it tries again.
  await verifyPoolers(parts);
  await proxy?.slow();
  return { database, poolers, proxy, link, partner };
};

const versionsOf = ({ spec }: PartsContext, engineVersion: string, started: Started): Record<string, string> => ({
  postgres: started.database.version,
  [spec.poolerProduct]: started.poolers[0]?.version ?? '',
  ...(started.proxy === null ? {} : { toxiproxy: started.proxy.version }),
  docker: engineVersion,
});

const settingsOf = ({ spec, hostNetwork }: PartsContext, { database, poolers }: Started): StartedStack['settings'] => ({
  ...database.settings,
  ...poolers[0]?.settings,
  ...statedSettings(spec),
  containerNetwork: hostNetwork ? 'host' : 'bridge',
});

const componentsOf = ({ database, poolers, proxy, link, partner }: Started): Component[] =>
  [database, ...poolers, proxy, link, partner].filter((part) => part !== null).map(({ component }) => component);

const poolersOf = ({ spec, addresses }: PartsContext, { poolers }: Started): StackPooler[] =>
  poolers.map(({ component, adminUrl }, instance) => ({
    ...(addresses.poolers[instance] as Address),
    product: spec.poolerProduct,
    adminUrl,
    logFile: component.logFile,
  }));

const describe = (
  parts: PartsContext,
  { logsFolder }: StackContext,
  engineVersion: string,
  started: Started,
): Omit<StartedStack, typeof Symbol.asyncDispose> => {
  const { spec, addresses, passwords } = parts;
  const { api, proxies } = addresses;
  return {
    provider: 'compose',
    spec,
    versions: versionsOf(parts, engineVersion, started),
    settings: settingsOf(parts, started),
    database: { ...addresses.database, name: databaseName },
    ...urlsOf(addresses, passwords),
    poolers: poolersOf(parts, started),
    partner: {
      url: urlAt(addresses.partner),
      serviceUrl: urlAt(insideAddress(addresses, addresses.partner, parts.hostNetwork)),
    },
    toxiproxy: api === null ? null : { apiUrl: apiUrlOf(api), proxies },
    components: componentsOf(started),
    logsFolder,
  };
};

/** What one stack is made of, before anything runs. */
const planOf = async (
  spec: StackSpec,
  { workspace }: StackContext,
  hostNetwork: boolean,
): Promise<VariablesOptions> => {
  const addresses = await allotPorts(spec, workspace);
  const [sparePort = 0] = await workspace.freePorts(1);
  return {
    spec,
    addresses,
    passwords: newPasswords(),
    adminPassword: newPassword(),
    hostNetwork,
    workspaceId: workspace.id,
    sparePort,
  };
};

const removed = (project: Project, log: (line: string) => void): Promise<void> =>
  removeContainers(`com.docker.compose.project=${project.name}`).then(
    () => undefined,
    (error: unknown) => log(messageOf(error)),
  );

const bringUpStack = async (project: Project, { spec, addresses }: VariablesOptions): Promise<void> => {
  await buildImages(project);
  const poolers = poolerServices(spec.poolerProduct, spec.poolers);
  const proxy = addresses.proxiesBy === null ? [] : [addresses.proxiesBy];
  await bringUp(project, ['postgres', ...poolers, ...proxy, 'partner']);
};

/**
 * Postgres, one to three poolers and, where links must be slowed or broken, Toxiproxy, as containers of one compose
 * project.
 */
export const startProvider = async (spec: StackSpec, context: StackContext): Promise<StartedStack> => {
  mustRun(spec, 'compose');
  const { workspace, logsFolder, log } = context;
  const { docker, address, version, hostNetwork } = await resolveEngine();
  await using cleanup = new AsyncDisposableStack();
  const plan = await planOf(spec, context, hostNetwork);
  stacks += 1;
  const project = makeProject(`pgsurge-${workspace.id}-${stacks}`, workspace.folder, plan);
  // Before anything is there, so that a kill at any instant leaves only what can be found.
  workspace.registerContainers(workspace.id, address);
  cleanup.defer(() => removed(project, log));
  log('building the images of the pooler and the service where they changed');
  await bringUpStack(project, plan);
  const parts = { ...plan, docker, log, logFile: (name: string) => path.join(logsFolder, `${name}.log`) };
  const started = await adoptAll(parts, await containersOf(docker, project));
  const kept = cleanup.move();
  const { addresses, passwords } = plan;
  return {
    ...describe(parts, context, version, started),
    containers: containerHost({ docker, project, addresses, passwords, cleanup: kept }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
};
