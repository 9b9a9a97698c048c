/** Starts a release of the reference service on a stack: migrations, replicas, the front before them. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { SettingValues } from '../../scenarios/lib/declaration.ts';
import { environmentError, messageOf, usageError } from '../errors.ts';
import type { StartedStack } from '../stack/stack.ts';
import { waitUntil } from '../system/wait.ts';
import type { Workspace } from '../system/workspace.ts';
import { shareOfBudget } from './budget.ts';
import { migrate } from './migrations.ts';
import { SupervisedProcess, type ServiceProcess } from './service-process.ts';
import type { StartedTarget, TargetSpec } from './target.ts';

export interface TargetContext {
  workspace: Workspace;
  logsFolder: string;
  /** One line for a person. */
  log: (line: string) => void;
}

const host = '127.0.0.1';
/** A cold start on two busy cores takes two to three seconds; slow logins by stated latency some more. */
const readyLimitMs = 30_000;
const ownRelease = fileURLToPath(new URL('../../target', import.meta.url));

/** What a release's settings.ts exports; another release may know other settings. */
interface ReleaseSettings { resolveSettings(values: SettingValues): SettingValues }

/** All settings in force, defaults included. Throws a usageError that names a wrong one. */
export const settingsOfRelease = async (release: string | null, values: SettingValues): Promise<SettingValues> => {
  const file = path.join(release ?? ownRelease, 'settings.ts');
  const module = await import(pathToFileURL(file).href).catch((error: unknown) => {
    throw usageError(`${release ?? ownRelease} holds no release of the service: ${messageOf(error)}`);
  }) as ReleaseSettings;
  try {
    return { ...module.resolveSettings(values) };
  } catch (error) {
    throw usageError(messageOf(error));
  }
};

interface Launch extends TargetContext {
  stack: StartedStack;
  spec: TargetSpec;
  folder: string;
  /** In force for what starts next. */
  settings: SettingValues;
}

const spawnNode = ({ workspace, folder }: Launch, name: string, file: string, env: Record<string, string>, logFile: string): ReturnType<Workspace['spawn']> =>
  workspace.spawn(name, process.execPath, ['--no-warnings', '--max-semi-space-size=4', path.join(folder, file)], {
    // Replicas and restarts share what was compiled once.
    env: { NODE_COMPILE_CACHE: path.join(workspace.folder, 'compile-cache'), NODE_ENV: 'production', ...env },
    logFile,
  });

const replicaProcess = (launch: Launch, instance: number, port: number): ServiceProcess => {
  const { stack, spec, logsFolder, log } = launch;
  const logFile = path.join(logsFolder, `service-${instance}.log`);
  const env = (): Record<string, string> => ({
    DATABASE_URL: stack.serviceUrl(spec.route, 'app'),
    // LISTEN needs a session of its own, which no pooler in transaction mode gives.
    LISTEN_DATABASE_URL: stack.serviceUrl('direct', 'listen'),
    HOST: host, PORT: String(port),
    PGSURGE_REPLICA: String(instance), PGSURGE_REPLICAS: String(spec.replicas),
    PGSURGE_TARGET_SETTINGS: JSON.stringify(launch.settings),
    PGSURGE_TIME_SCALE: String(spec.timeScale), PGSURGE_SEED: String(spec.seed),
    OTEL_EXPORTER_OTLP_ENDPOINT: spec.otlpUrl,
    ...(spec.metricsIntervalMs === undefined ? {} : { OTEL_METRIC_EXPORT_INTERVAL: String(spec.metricsIntervalMs) }),
  });
  return new SupervisedProcess({
    component: 'service', instance, title: `replica ${instance}`, budget: shareOfBudget(spec.replicas), logFile,
    readyUrl: `http://${host}:${port}/ready`, readyLimitMs, supervise: spec.superviseReplicas ?? true, log,
    spawn: () => spawnNode(launch, `replica ${instance}`, 'main.ts', env(), logFile),
  });
};

const frontProcess = (launch: Launch, port: number, replicaPorts: readonly number[]): ServiceProcess => {
  const logFile = path.join(launch.logsFolder, 'front.log');
  const env = { HOST: host, PORT: String(port), PGSURGE_REPLICA_URLS: replicaPorts.map((one) => `http://${host}:${one}`).join(',') };
  return new SupervisedProcess({
    component: 'front', instance: 0, title: 'the front', budget: null, logFile, supervise: true, log: launch.log,
    readyUrl: `http://${host}:${port}/front/ready`, readyLimitMs,
    spawn: () => spawnNode(launch, 'front', 'front.ts', env, logFile),
  });
};

/** Waits for all, so that none is still starting when those that started are stopped; then throws the first failure. */
const startAll = async (processes: readonly ServiceProcess[]): Promise<void> => {
  const results = await Promise.allSettled(processes.map((process) => process.start()));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
};

/** Until the front sends requests to all of them again: a replica may serve before the front has looked. */
const frontSees = async (url: string, replicas: number): Promise<void> => {
  await waitUntil('the front sees every replica', async () => {
    const response = await fetch(`${url}/front/ready`, { signal: AbortSignal.timeout(1000) });
    return ((await response.json()) as { ready: number }).ready === replicas;
  }, { limitMs: 10_000, everyMs: 20, fail: environmentError });
};

const describe = (launch: Launch, url: string, replicas: readonly ServiceProcess[], front: ServiceProcess): Omit<StartedTarget, typeof Symbol.asyncDispose> => ({
  url,
  settings: launch.settings,
  components: [...replicas, front].map(({ component }) => component),
  replicas: replicas.length,
  alive: async () => (await Promise.all(replicas.map((replica) => replica.ready()))).every(Boolean),
  restart: async (values = {}) => {
    launch.settings = await settingsOfRelease(launch.spec.release, { ...launch.settings, ...values });
    await Promise.all(replicas.map((replica) => replica.stop()));
    await startAll(replicas);
    await frontSees(url, replicas.length);
  },
  roll: async () => {
    for (const replica of replicas) {
      await replica.stop();
      await replica.start();
      await frontSees(url, replicas.length);
    }
  },
});

/**
 * Migrates the database, starts `spec.replicas` replicas and the front, resolves when the front sees them all.
 * Throws a usageError for a wrong setting, an environmentError with the last log lines for what does not start.
 */
export const startTarget = async (stack: StartedStack, spec: TargetSpec, context: TargetContext): Promise<StartedTarget> => {
  if (!Number.isInteger(spec.replicas) || spec.replicas < 1 || spec.replicas > 20) throw usageError(`replicas is ${spec.replicas}; choose 1 to 20`);
  const settings = await settingsOfRelease(spec.release, spec.settings);
  mkdirSync(context.logsFolder, { recursive: true });
  const launch: Launch = { ...context, stack, spec, settings, folder: spec.release ?? ownRelease };
  await migrate(launch);
  const [frontPort, ...replicaPorts] = await context.workspace.freePorts(spec.replicas + 1) as [number, ...number[]];
  await using cleanup = new AsyncDisposableStack();
  const front = cleanup.use(frontProcess(launch, frontPort, replicaPorts));
  const replicas = replicaPorts.map((port, instance) => replicaProcess(launch, instance, port));
  // Together, not one after the other: each takes its time to drain.
  cleanup.defer(async () => { await Promise.all(replicas.map((replica) => replica.stop())); });
  await startAll([...replicas, front]);
  const url = `http://${host}:${frontPort}`;
  await frontSees(url, replicas.length);
  const parts = cleanup.move();
  return { ...describe(launch, url, replicas, front), [Symbol.asyncDispose]: () => parts.disposeAsync() };
};
