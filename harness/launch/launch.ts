/** Starts a release of the reference service on a stack: migrations, replicas, the front before them. */
import { mkdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { SettingValues } from '../../scenarios/lib/declaration.ts';
import { messageOf, usageError } from '../errors.ts';
import { moduleIn } from '../own-modules.ts';
import type { RunningService, StartedStack } from '../stack/stack.ts';
import { inContainers } from './containers.ts';
import { frontSees, startAll } from './front.ts';
import { migrate } from './migrations.ts';
import { startOwnService } from './own-service.ts';
import { host, settingsUrl, type Launch, type Placement, type LaunchContext } from './placement.ts';
import { asProcesses } from './processes.ts';
import { readBack, type Asked } from './settings-read.ts';
import type { StartedService, ServiceSpec } from './started-service.ts';

const ownRelease = fileURLToPath(new URL('../../service', import.meta.url));

/** What a release's settings.ts exports; another release may know other settings. */
interface ReleaseSettings {
  resolveSettings(values: SettingValues): SettingValues;
}

/** All settings in force, defaults included. Throws a usageError that names a wrong one. */
export const settingsOfRelease = async (release: string | null, values: SettingValues): Promise<SettingValues> => {
  const file = moduleIn(release ?? ownRelease, 'settings');
  const module = (await import(pathToFileURL(file).href).catch((error: unknown) => {
    throw usageError(`${release ?? ownRelease} holds no release of the service: ${messageOf(error)}`);
  })) as ReleaseSettings;
  try {
    return { ...module.resolveSettings(values) };
  } catch (error) {
    throw usageError(messageOf(error));
  }
};

/** For every replica that starts from now on. */
const changeSettings = async (launch: Launch, settings: SettingValues = {}): Promise<void> => {
  launch.settings = await settingsOfRelease(launch.spec.release, { ...launch.settings, ...settings });
};

/** The partner is asked where this process reaches it. */
const askedOf = ({ stack, settings }: Launch, replicaPorts: readonly number[]): Asked[] => {
  const replicas = replicaPorts.map((port, instance) => ({
    title: `replica ${instance}`,
    url: settingsUrl(port),
    settings,
  }));
  if (stack.partner === null) return replicas;
  return [
    ...replicas,
    { title: 'the partner', url: `${stack.partner.url}/settings`, settings: { ...stack.spec.partner } },
  ];
};

const describe = (
  launch: Launch,
  url: string,
  replicaPorts: readonly number[],
  { replicas, front, settingsChanged }: Placement,
): Omit<StartedService, typeof Symbol.asyncDispose> => ({
  url,
  settings: launch.settings,
  components: [...replicas, front].map(({ component }) => component),
  replicas: replicas.length,
  settingsRead: () => readBack(askedOf(launch, replicaPorts)),
  alive: async () => (await Promise.all(replicas.map((replica) => replica.ready()))).every(Boolean),
  restart: async (settings) => {
    await changeSettings(launch, settings);
    await Promise.all(replicas.map((replica) => replica.stop()));
    await settingsChanged(replicas.map((_, instance) => instance));
    await startAll(replicas);
    await frontSees(url, replicas.length);
  },
  roll: async ({ settings, afterFirst } = {}) => {
    const before = launch.settings;
    await changeSettings(launch, settings);
    const replace = async (instance: number): Promise<void> => {
      await replicas[instance]!.stop();
      if (settings !== undefined) await settingsChanged([instance]);
      await replicas[instance]!.start();
      await frontSees(url, replicas.length);
    };
    for (const instance of replicas.keys()) {
      await replace(instance);
      if (instance !== 0 || (await afterFirst?.()) !== 'undo') continue;
      launch.settings = before;
      return replace(instance);
    }
  },
});

/** A service of the user's own, which runs already: it can be loaded and looked at, and nothing else. */
const asItRuns = ({ url, components }: RunningService): StartedService => {
  const untouched = (): Promise<never> =>
    Promise.reject(usageError('a service that pgsurge did not start is neither restarted nor changed'));
  return {
    url,
    settings: {},
    components,
    replicas: 1,
    settingsRead: async () => ({ differences: [], unread: [] }),
    alive: async () => true,
    restart: untouched,
    roll: untouched,
    [Symbol.asyncDispose]: async () => undefined,
  };
};

/**
 * Migrates the database, starts `spec.replicas` replicas and the front, resolves when the front sees them all. A
 * service that is there already is given back as it runs. Throws a usageError for a wrong setting, an environmentError
 * with the last log lines for what does not start.
 */
export const startService = async (
  stack: StartedStack,
  spec: ServiceSpec,
  context: LaunchContext,
): Promise<StartedService> => {
  if (stack.runningService !== undefined) return asItRuns(stack.runningService);
  if (spec.own !== undefined) return startOwnService(stack, spec.own, { ...context, spec });
  if (!Number.isInteger(spec.replicas) || spec.replicas < 1 || spec.replicas > 20)
    throw usageError(`replicas is ${spec.replicas}; choose 1 to 20`);
  const settings = await settingsOfRelease(spec.release, spec.settings);
  mkdirSync(context.logsFolder, { recursive: true });
  const launch: Launch = { ...context, stack, spec, settings, folder: spec.release ?? ownRelease };
  await migrate(launch);
  const [frontPort, ...replicaPorts] = (await context.workspace.freePorts(spec.replicas + 1)) as [number, ...number[]];
  await using cleanup = new AsyncDisposableStack();
  const placement =
    stack.containers === undefined
      ? asProcesses(launch, frontPort, replicaPorts)
      : await inContainers(launch, stack.containers, frontPort, replicaPorts);
  const { replicas } = placement;
  const front = cleanup.use(placement.front);
  // Together, not one after the other: each takes its time to end what it has in hand.
  cleanup.defer(async () => {
    await Promise.all(replicas.map((replica) => replica.stop({ forGood: true })));
  });
  await startAll([...replicas, front]);
  const url = `http://${host}:${frontPort}`;
  await frontSees(url, replicas.length);
  const parts = cleanup.move();
  return { ...describe(launch, url, replicaPorts, placement), [Symbol.asyncDispose]: () => parts.disposeAsync() };
};
