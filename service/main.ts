/**
 * One replica of the reference job service. Environment: DATABASE_URL, LISTEN_DATABASE_URL (direct route),
 * PARTNER_URL, HOST, PORT, PGSURGE_REPLICA, PGSURGE_REPLICAS, PGSURGE_SERVICE_SETTINGS (JSON), PGSURGE_TIME_SCALE,
 * PGSURGE_SEED, OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_METRIC_EXPORT_INTERVAL (ms).
 * SIGTERM: stops gracefully within ten seconds. SIGINT does the same for a replica that nobody asks any more: it does
 * not wait until the front has noticed.
 */
import { availableParallelism } from 'node:os';
import { createAppPool } from './app-pool.ts';
import type { Context } from './context.ts';
import { createHttpServer } from './http/server.ts';
import { messageOf, processLog as log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { startService } from './service.ts';
import { poolShape } from './pool-size.ts';
import { parseSettings, type Settings } from './settings.ts';
import { pause } from './wait.ts';

const stopLimitMs = 10_000;

const required = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
};

const numberFrom = (name: string, otherwise: number): number => {
  const value = Number(process.env[name] ?? otherwise);
  if (!Number.isFinite(value))
    throw new Error(`${name} must be a number, but it is ${JSON.stringify(process.env[name])}`);
  return value;
};

/** One for all replicas, or several with a blank between them, which the replicas share out. */
const databaseUrlOf = (replica: number): string => {
  const urls = required('DATABASE_URL').split(' ');
  return urls[replica % urls.length]!;
};

/** One name for all replicas: with a name each, PgBouncer has to SET it whenever a server connection changes hands. */
const applicationName = 'service';

type Pools = Pick<Context, 'pool' | 'batchPool' | 'warmConnections'>;

const openPools = (connectionString: string, settings: Settings, metrics: Metrics): Pools => {
  const shape = poolShape(settings, process.env, availableParallelism());
  const warmConnections = shape.warm;
  const common = { applicationName, settings, metrics, log };
  const pool = createAppPool({ ...common, name: 'main', shape, connectionString });
  if (settings.batchPoolMax === 0) return { pool, batchPool: pool, warmConnections };
  const batch = process.env['BATCH_DATABASE_URL'] ?? connectionString;
  const own = { name: 'batch', shape: { ...shape, max: settings.batchPoolMax }, connectionString: batch };
  return { pool, batchPool: createAppPool({ ...common, ...own }), warmConnections };
};

const createContext = (stopping: AbortSignal): Context => {
  const settings = parseSettings(process.env['PGSURGE_SERVICE_SETTINGS']);
  const replica = numberFrom('PGSURGE_REPLICA', 0);
  const metrics = createMetrics(
    process.env['OTEL_EXPORTER_OTLP_ENDPOINT'],
    String(replica),
    numberFrom('OTEL_METRIC_EXPORT_INTERVAL', 1000),
  );
  const databaseUrl = databaseUrlOf(replica);
  return {
    settings,
    databaseUrl,
    ...openPools(databaseUrl, settings, metrics),
    log,
    metrics,
    handlers: { running: 0 },
    partnerUrl: required('PARTNER_URL'),
    replica,
    stopping,
    replicas: numberFrom('PGSURGE_REPLICAS', 1),
    seed: numberFrom('PGSURGE_SEED', 1),
    timeScale: numberFrom('PGSURGE_TIME_SCALE', 1),
  };
};

const endBadly = (message: string): void => {
  log.error(message);
  process.exit(1);
};

/** Ends the process by `shutDown` at the first SIGTERM or SIGINT, and without it where that takes too long. */
const onStopSignal = (stopping: AbortSignal, shutDown: (isAsked: boolean) => Promise<void>): void => {
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping.aborted) return;
    setTimeout(() => endBadly(`not stopped within ${stopLimitMs / 1000} s; ending`), stopLimitMs).unref();
    shutDown(signal !== 'SIGINT').then(
      () => {
        log.info('stopped');
        process.exit(0);
      },
      (error: unknown) => endBadly(`stopping failed: ${messageOf(error)}`),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
};

const main = async (): Promise<void> => {
  const stop = new AbortController();
  const context = createContext(stop.signal);
  let serving = false;
  let wakeWorker: (jobId: string) => void = () => undefined;
  const server = createHttpServer(
    context,
    () => serving,
    (jobId) => wakeWorker(jobId),
  );
  await server.listen(process.env['HOST'] ?? '127.0.0.1', numberFrom('PORT', 8080));
  onStopSignal(stop.signal, async (isAsked) => {
    log.info('stopping: draining');
    server.drain();
    stop.abort();
    const drained = pause(serving && isAsked ? context.settings.drainMs : 0).then(() => server.close());
    await Promise.all([drained, started.then((service) => service.ended())]);
    // A connection that is still being made, or leaked, would hold the end up.
    await Promise.race([
      Promise.all([...new Set([context.pool, context.batchPool])].map((one) => one.end())),
      pause(2000),
    ]);
    await context.metrics.flush();
  });
  const started = startService(context, process.env['LISTEN_DATABASE_URL']);
  const service = await started;
  wakeWorker = service.taskPending;
  serving = true;
  log.info(`replica ${context.replica} of ${context.replicas} serves`);
};

process.on('uncaughtException', (error) => endBadly(`uncaught: ${messageOf(error)}`));

main().catch((error: unknown) => endBadly(messageOf(error)));
