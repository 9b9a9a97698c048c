/** The service in containers beside the stack's: the same code, settings and ports. */
import path from 'node:path';
import type { ContainerHost } from '../stack/stack.ts';
import { shareOfBudget } from './budget.ts';
import { frontReadyUrl, readyLimitMs, readyUrl, type Launch, type Placement } from './placement.ts';
import { answers } from './service-process.ts';

/** The name of that replica in docker-compose.yml. */
const serviceName = (instance: number): string => `service-${instance}`;

const variablesOf = (
  launch: Launch,
  host: ContainerHost,
  otlpUrl: string,
  frontPort: number,
  replicaPorts: readonly number[],
): Record<string, string> => ({
  // One for all replicas, each of which takes its own by its number.
  PGSURGE_SERVICE_DATABASE_URL: launch.stack.poolers
    .map((_, replica) => host.serviceUrl(launch.spec.route, 'app', replica))
    .join(' '),
  PGSURGE_BATCH_DATABASE_URL: host.serviceUrl(launch.spec.route, 'batch'),
  // LISTEN needs a session of its own, which no pooler in transaction mode gives.
  PGSURGE_LISTEN_DATABASE_URL: host.serviceUrl('direct', 'listen'),
  PGSURGE_REPLICAS: String(launch.spec.replicas),
  PGSURGE_SERVICE_SETTINGS: JSON.stringify(launch.settings),
  PGSURGE_TIME_SCALE: String(launch.spec.timeScale),
  PGSURGE_SEED: String(launch.spec.seed),
  PGSURGE_OTLP_URL: otlpUrl,
  PGSURGE_METRICS_INTERVAL: String(launch.spec.metricsIntervalMs ?? 1000),
  PGSURGE_FRONT_PORT: String(frontPort),
  PGSURGE_REPLICA_URLS: replicaPorts
    .map((port, instance) => `http://${host.nameOf(serviceName(instance))}:${port}`)
    .join(','),
  ...Object.fromEntries(replicaPorts.map((port, instance) => [`PGSURGE_SERVICE_${instance}_PORT`, String(port)])),
  ...(launch.spec.release === null ? {} : { PGSURGE_RELEASE_FOLDER: path.resolve(launch.spec.release) }),
});

/** docker-compose.yml names as many replicas as a service may have anywhere: twenty. */
export const inContainers = async (
  launch: Launch,
  host: ContainerHost,
  frontPort: number,
  replicaPorts: readonly number[],
): Promise<Placement> => {
  const { spec, logsFolder, log } = launch;
  const otlpUrl = await host.outward(spec.otlpUrl);
  const variables = (): Record<string, string> => variablesOf(launch, host, otlpUrl, frontPort, replicaPorts);
  const names = replicaPorts.map((_, instance) => serviceName(instance));
  const group = await host.create([...names, 'front'], {
    variables: variables(),
    overlay: spec.release === null ? null : 'docker/release.yml',
  });
  return {
    front: group.service('front', {
      component: 'front',
      instance: 0,
      title: 'the front',
      budget: null,
      logFile: path.join(logsFolder, 'front.log'),
      readyLimitMs,
      supervise: true,
      log,
      ready: () => answers(frontReadyUrl(frontPort)),
    }),
    replicas: replicaPorts.map((port, instance) =>
      group.service(serviceName(instance), {
        component: 'service',
        instance,
        title: `replica ${instance}`,
        budget: shareOfBudget(spec.replicas),
        logFile: path.join(logsFolder, `service-${instance}.log`),
        readyLimitMs,
        supervise: spec.superviseReplicas ?? true,
        log,
        ready: () => answers(readyUrl(port)),
      }),
    ),
    settingsChanged: (instances) => group.apply(instances.map(serviceName), variables()),
  };
};
