import path from 'node:path';
import { environmentError, messageOf, usageError } from '../../errors.ts';
import type { Address } from '../../servers/address.ts';
import { removeContainers } from '../../system/containers.ts';
import { allotPorts, allSettledOrThrow, urlOf } from '../addresses.ts';
import { poolerServices } from '../poolers.ts';
import { databaseName, newPassword, newPasswords } from '../roles.ts';
import type { StackSpec, StartedStack } from '../stack.ts';
import type { StackContext } from '../start.ts';
import { resolveEngine, type Container } from './engine.ts';
import {
  adoptDatabase,
  adoptPooler,
  adoptProxy,
  verifyPoolers,
  type AdoptedProxy,
  type PartsContext,
  type StartedPart,
  type StartedPooler,
} from './parts.ts';
import { buildImages, composeComplaint, makeProject, projectFolder, type Project } from './project.ts';
import { containerHost, containerOf, containersOf } from './services.ts';

/** Images that are not here yet are pulled meanwhile. */
const upLimitMs = 600_000;
let stacks = 0;

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
    const output = error instanceof Error ? error.message : String(error);
    throw environmentError(
      `the containers cannot be started: ${composeComplaint(output)}`,
      output.split('\n').slice(-10).join('\n'),
      error,
    );
  } finally {
    clearTimeout(limit);
  }
};

interface Started {
  database: StartedPart;
  poolers: StartedPooler[];
  proxy: StartedPart | null;
}

const adoptAll = async (parts: PartsContext, containers: Map<string, Container>): Promise<Started> => {
  const get = (service: string): Container => containerOf(containers, service);
  const { api } = parts.addresses;
  const [database, poolers, proxy] = await allSettledOrThrow<[StartedPart, StartedPooler[], AdoptedProxy | null]>([
    adoptDatabase(parts, get('postgres')),
    allSettledOrThrow<StartedPooler[]>(
      poolerServices(parts.spec.poolerProduct, parts.spec.poolers).map((name, instance) =>
        adoptPooler(parts, get(name), instance),
      ),
    ),
    api === null ? Promise.resolve(null) : adoptProxy(parts, get('toxiproxy'), `http://${api.host}:${api.port}`),
  ]);
  // Not before the database serves: a pooler that was refused once waits server_login_retry before it tries again.
  await verifyPoolers(parts);
  await proxy?.slow();
  return { database, poolers, proxy };
};

const describe = (
  parts: PartsContext,
  { logsFolder }: StackContext,
  engineVersion: string,
  { database, poolers, proxy }: Started,
): Omit<StartedStack, typeof Symbol.asyncDispose> => {
  const { spec, addresses, passwords, hostNetwork } = parts;
  const { api, proxies } = addresses;
  return {
    provider: 'compose',
    spec,
    versions: {
      postgres: database.version,
      [spec.poolerProduct]: poolers[0]?.version ?? '',
      ...(proxy === null ? {} : { toxiproxy: proxy.version }),
      docker: engineVersion,
    },
    settings: {
      ...database.settings,
      ...poolers[0]?.settings,
      poolers: spec.poolers,
      databaseLinkLatencyMs: spec.databaseLinkLatencyMs,
      containerNetwork: hostNetwork ? 'host' : 'bridge',
    },
    database: { ...addresses.database, name: databaseName },
    databaseUrl: (role) => urlOf(addresses.database, role, passwords),
    serviceUrl: (route, role) =>
      urlOf(route === 'direct' ? addresses.serviceDatabase : addresses.servicePooler, role, passwords),
    poolers: poolers.map(({ component, adminUrl }, instance) => ({
      ...(addresses.poolers[instance] as Address),
      product: spec.poolerProduct,
      adminUrl,
      logFile: component.logFile,
    })),
    toxiproxy: api === null ? null : { apiUrl: `http://${api.host}:${api.port}`, proxies },
    components: [database, ...poolers, ...(proxy === null ? [] : [proxy])].map(({ component }) => component),
    logsFolder,
  };
};

/**
 * Postgres, one to three poolers and, where links must be slowed or broken, Toxiproxy, as containers of one compose
 * project.
 */
export const startProvider = async (spec: StackSpec, context: StackContext): Promise<StartedStack> => {
  if (!Number.isInteger(spec.poolers) || spec.poolers < 1 || spec.poolers > 3)
    throw usageError(`environment.stack.poolers is ${spec.poolers}; the compose stack runs 1 to 3`);
  const { workspace, logsFolder, log } = context;
  const { docker, address, version, hostNetwork } = await resolveEngine();
  await using cleanup = new AsyncDisposableStack();
  const passwords = newPasswords();
  const adminPassword = newPassword();
  const addresses = await allotPorts(spec, workspace);
  const [sparePort = 0] = await workspace.freePorts(1);
  stacks += 1;
  const project = makeProject(`pgsurge-${workspace.id}-${stacks}`, workspace.folder, {
    spec,
    addresses,
    passwords,
    adminPassword,
    hostNetwork,
    workspaceId: workspace.id,
    sparePort,
  });
  // Before anything is there, so that a kill at any instant leaves only what can be found.
  workspace.registerContainers(workspace.id, address);
  cleanup.defer(async () => {
    await removeContainers(`com.docker.compose.project=${project.name}`).catch((error: unknown) =>
      log(messageOf(error)),
    );
  });
  log('building the images of the pooler and the service where they changed');
  await buildImages(project);
  await bringUp(project, [
    'postgres',
    ...poolerServices(spec.poolerProduct, spec.poolers),
    ...(addresses.api === null ? [] : ['toxiproxy']),
  ]);
  const parts: PartsContext = {
    docker,
    spec,
    addresses,
    passwords,
    adminPassword,
    hostNetwork,
    log,
    logFile: (name) => path.join(logsFolder, `${name}.log`),
  };
  const started = await adoptAll(parts, await containersOf(docker, project));
  const kept = cleanup.move();
  return {
    ...describe(parts, context, version, started),
    containers: containerHost({ docker, project, addresses, passwords, cleanup: kept }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
};
