/** The service as processes of this machine. */
import path from 'node:path';
import { moduleIn } from '../own-modules.ts';
import type { Workspace } from '../system/workspace.ts';
import { shareOfBudget } from './budget.ts';
import {
  frontReadyUrl,
  host,
  readyLimitMs,
  readyUrl,
  settingsVariables,
  type Launch,
  type Placement,
} from './placement.ts';
import { SupervisedProcess, type ServiceProcess } from './service-process.ts';

const spawnNode = (
  { workspace, folder }: Launch,
  name: string,
  id: string,
  env: Record<string, string>,
  logFile: string,
): ReturnType<Workspace['spawn']> =>
  workspace.spawn(name, process.execPath, ['--no-warnings', '--max-semi-space-size=4', moduleIn(folder, id)], {
    // Replicas and restarts share what was compiled once.
    env: { NODE_COMPILE_CACHE: path.join(workspace.folder, 'compile-cache'), NODE_ENV: 'production', ...env },
    logFile,
  });

const replicaProcess = (launch: Launch, instance: number, port: number): ServiceProcess => {
  const { stack, spec, logsFolder, log } = launch;
  const logFile = path.join(logsFolder, `service-${instance}.log`);
  const env = (): Record<string, string> => ({
    DATABASE_URL: stack.serviceUrl(spec.route, 'app', instance),
    BATCH_DATABASE_URL: stack.serviceUrl(spec.route, 'batch', instance),
    // LISTEN needs a session of its own, which no pooler in transaction mode gives.
    LISTEN_DATABASE_URL: stack.serviceUrl('direct', 'listen'),
    PARTNER_URL: stack.partner?.serviceUrl ?? '',
    HOST: host,
    PORT: String(port),
    PGSURGE_REPLICA: String(instance),
    PGSURGE_REPLICAS: String(spec.replicas),
    ...settingsVariables({ ...launch.settings, ...launch.spec.unasked }),
    PGSURGE_TIME_SCALE: String(spec.timeScale),
    PGSURGE_SEED: String(spec.seed),
    OTEL_EXPORTER_OTLP_ENDPOINT: spec.otlpUrl,
    ...(spec.metricsIntervalMs === undefined ? {} : { OTEL_METRIC_EXPORT_INTERVAL: String(spec.metricsIntervalMs) }),
  });
  return new SupervisedProcess({
    component: 'service',
    instance,
    title: `replica ${instance}`,
    budget: shareOfBudget(spec.replicas),
    logFile,
    readyUrl: readyUrl(port),
    readyLimitMs,
    supervise: spec.superviseReplicas ?? true,
    log,
    spawn: () => spawnNode(launch, `replica ${instance}`, 'main', env(), logFile),
  });
};

const frontProcess = (launch: Launch, port: number, replicaPorts: readonly number[]): ServiceProcess => {
  const logFile = path.join(launch.logsFolder, 'front.log');
  const env = {
    HOST: host,
    PORT: String(port),
    PGSURGE_REPLICA_URLS: replicaPorts.map((one) => `http://${host}:${one}`).join(','),
  };
  return new SupervisedProcess({
    component: 'front',
    instance: 0,
    title: 'the front',
    budget: null,
    logFile,
    supervise: true,
    log: launch.log,
    readyUrl: frontReadyUrl(port),
    readyLimitMs,
    spawn: () => spawnNode(launch, 'front', 'front', env, logFile),
  });
};

/** A process takes the settings in force when it starts. */
export const asProcesses = (launch: Launch, frontPort: number, replicaPorts: readonly number[]): Placement => ({
  front: frontProcess(launch, frontPort, replicaPorts),
  replicas: replicaPorts.map((port, instance) => replicaProcess(launch, instance, port)),
  settingsChanged: async () => undefined,
});
