/** Starts a team's own service on a stack: its migration, its replicas behind one port, its workers. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OwnService } from '../config/own-service.ts';
import { asProgram, commandText, variablesFor } from '../config/variables.ts';
import { environmentError, usageError } from '../errors.ts';
import type { StartedStack } from '../stack/stack.ts';
import { isPortFree } from '../system/ports.ts';
import { listeningPorts } from '../system/listening.ts';
import { commandLineOf, listProcesses } from '../system/proc.ts';
import { runToEnd } from '../system/run-to-end.ts';
import { frontProcess, frontSees, startAll } from './front.ts';
import { ownProcess, placesOf, type OwnInstance, type OwnLaunch } from './own-process.ts';
import { host, type LaunchContext } from './placement.ts';
import type { ServiceProcess } from './service-process.ts';
import type { ServiceSpec, StartedService } from './started-service.ts';

const migrationLimitMs = 300_000;

/** As the role by which the service logs in, past the pooler, so that the tables are its own. */
const migrateOwn = async (launch: OwnLaunch): Promise<void> => {
  const { service, stack, workspace, logsFolder, log } = launch;
  if (service.migrate === null) return;
  log('migrating the database');
  const direct = stack.serviceUrl('direct', 'app');
  const places = { ...placesOf(launch, null), databaseUrl: direct };
  const program = {
    title: `the migration "${commandText(service.migrate)}"`,
    ...asProgram(service.migrate, places),
    cwd: service.api.cwd,
    env: variablesFor(service.database, service.api.environment, places),
    logFile: path.join(logsFolder, 'migrate.log'),
    limitMs: migrationLimitMs,
  };
  await runToEnd(program, workspace);
};

const holderOf = (port: number): string => {
  const holder = listProcesses().find(({ pid }) => listeningPorts([pid]).some((one) => one.port === port));
  return holder === undefined ? '' : ` by process ${holder.pid} (${commandLineOf(holder.pid).slice(0, 80)})`;
};

const mustBeFree = async (port: number): Promise<void> => {
  if (await isPortFree(port)) return;
  throw environmentError(
    `port ${port}, which service.port says, is in use${holderOf(port)}: end that, ` +
      'or give service.port the name of the variable that tells the service its port',
  );
};

/** A port for each that answers requests. */
const portsFor = async ({ service, workspace }: OwnLaunch): Promise<number[]> => {
  const { port, api } = service;
  if (!('fixed' in port)) return workspace.freePorts(api.replicas);
  await mustBeFree(port.fixed);
  return [port.fixed];
};

const instancesOf = ({ service }: OwnLaunch, ports: readonly number[]): OwnInstance[] => {
  const kinds = [service.api, ...service.beside];
  const all = kinds.flatMap((process) =>
    Array.from({ length: process.replicas }, (_, number) => ({ process, number })),
  );
  return all.map(({ process, number }, instance) => ({
    process,
    number,
    instance,
    port: process === service.api ? ports[number]! : null,
  }));
};

const ownFolder = fileURLToPath(new URL('../../service', import.meta.url));

/** One replica is asked itself: nothing stands before it. Two and more stand behind one port. */
const frontOf = async (
  launch: OwnLaunch,
  ports: readonly number[],
): Promise<{ port: number; front: ServiceProcess } | null> => {
  if (ports.length === 1) return null;
  const [port = 0] = await launch.workspace.freePorts(1);
  const environment = { PGSURGE_READY_PATH: launch.service.api.ready.path ?? '', PGSURGE_READY_EVERY_MS: '500' };
  return { port, front: frontProcess({ folder: ownFolder, port, replicaPorts: ports, environment }, launch) };
};

interface Running {
  url: string;
  replicas: readonly ServiceProcess[];
  beside: readonly ServiceProcess[];
  front: ServiceProcess | null;
}

/** Its settings are its own: a step cannot change them. */
const refuseSettings = (settings: object | undefined): void => {
  if (settings !== undefined && Object.keys(settings).length > 0)
    throw usageError('settings of a service of your own are in its config; pgsurge changes none');
};

type Roll = NonNullable<Parameters<StartedService['roll']>[0]>;

/** One after the other, each seen by the front before the next one stops. */
const rollOver = async (
  all: readonly ServiceProcess[],
  seen: () => Promise<void>,
  afterFirst: Roll['afterFirst'],
): Promise<void> => {
  for (const [index, one] of all.entries()) {
    await one.stop();
    await one.start();
    await seen();
    // Nothing of it was changed, so nothing is to be undone.
    if (index === 0 && (await afterFirst?.()) === 'undo') return;
  }
};

const describe = ({ url, replicas, beside, front }: Running): Omit<StartedService, typeof Symbol.asyncDispose> => {
  const all = [...replicas, ...beside];
  const seen = async (): Promise<void> => (front === null ? undefined : frontSees(url, replicas.length));
  return {
    url,
    settings: {},
    components: [...all, ...(front === null ? [] : [front])].map(({ component }) => component),
    replicas: replicas.length,
    settingsRead: async () => ({ differences: [], unread: [] }),
    alive: async () => (await Promise.all(all.map((one) => one.ready()))).every(Boolean),
    restart: async (settings) => {
      refuseSettings(settings);
      await Promise.all(all.map((one) => one.stop()));
      await startAll(all);
      await seen();
    },
    roll: async ({ settings, afterFirst } = {}) => {
      refuseSettings(settings);
      await rollOver(all, seen, afterFirst);
    },
  };
};

/** Resolves when all of it serves; throws an environmentError of one line for what does not start. */
export const startOwnService = async (
  stack: StartedStack,
  service: OwnService,
  context: LaunchContext & { spec: ServiceSpec },
): Promise<StartedService> => {
  const launch: OwnLaunch = { ...context, stack, service };
  mkdirSync(context.logsFolder, { recursive: true });
  const ports = await portsFor(launch);
  await migrateOwn(launch);
  await using cleanup = new AsyncDisposableStack();
  const instances = instancesOf(launch, ports);
  const processes = instances.map((one) => ownProcess(launch, one));
  const replicas = processes.slice(0, service.api.replicas);
  const beside = processes.slice(service.api.replicas);
  const front = await frontOf(launch, ports);
  if (front !== null) cleanup.use(front.front);
  // Together, not one after the other: each takes its time to drain.
  cleanup.defer(async () => {
    await Promise.all(processes.map((one) => one.stop()));
  });
  await startAll(replicas);
  await startAll([...beside, ...(front === null ? [] : [front.front])]);
  const url = `http://${host}:${front?.port ?? ports[0]}`;
  if (front !== null) await frontSees(url, replicas.length);
  const parts = cleanup.move();
  const running = { url, replicas, beside, front: front?.front ?? null };
  return { ...describe(running), [Symbol.asyncDispose]: () => parts.disposeAsync() };
};
