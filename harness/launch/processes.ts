/** The service as processes of this machine. */
import path from 'node:path';
import { shareOfBudget } from './budget.ts';
import { frontProcess, spawnNode } from './front.ts';
import { host, readyLimitMs, readyUrl, settingsVariables, type Launch, type Placement } from './placement.ts';
import { answers, SupervisedProcess, type ServiceProcess } from './service-process.ts';

const replicaProcess = (launch: Launch, instance: number, port: number): ServiceProcess => {
  const { stack, spec, logsFolder, log, workspace, folder } = launch;
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
    isReady: () => answers(readyUrl(port)),
    readyLimitMs,
    supervise: spec.superviseReplicas ?? true,
    log,
    spawn: () => spawnNode(workspace, folder, `replica ${instance}`, 'main', env(), logFile),
  });
};

/** A process takes the settings in force when it starts. */
export const asProcesses = (launch: Launch, frontPort: number, replicaPorts: readonly number[]): Placement => ({
  front: frontProcess({ folder: launch.folder, port: frontPort, replicaPorts }, launch),
  replicas: replicaPorts.map((port, instance) => replicaProcess(launch, instance, port)),
  settingsChanged: async () => undefined,
});
