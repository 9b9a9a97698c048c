/** A team's service as the config says it, with every default filled in and every path absolute. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { usageError } from '../errors.ts';
import type { BesideConfig, Command, DatabaseVariables, Ready, RunningElsewhere, ServiceConfig } from './config.ts';
import type { ReadConfig } from './read-config.ts';

export interface OwnProcess {
  /** `service` answers requests; the others are called as the config calls them. */
  name: string;
  command: Command;
  replicas: number;
  environment: Record<string, string>;
  cwd: string;
  ready: { path: string | null; log: string | null; limitMs: number };
  stop: { signal: NodeJS.Signals; graceMs: number };
  budget: { cores: number; memoryBytes: number } | null;
}

export interface OwnService {
  /** Paths of the config are beside it; `--against` runs the same in another one. */
  folder: string;
  api: OwnProcess;
  beside: OwnProcess[];
  /** The one on which it always listens, or the name of the variable that tells it. */
  port: { fixed: number } | { variable: string };
  database: DatabaseVariables;
  migrate: Command | null;
  prepare: Command | null;
}

const readySeconds = 60;
const stopSeconds = 10;

const readyOf = (ready: string | Ready | undefined): OwnProcess['ready'] => {
  const { path: place, log, seconds } = typeof ready === 'string' ? { path: ready } : (ready ?? {});
  if (place !== undefined && !place.startsWith('/'))
    throw usageError(`ready is ${JSON.stringify(place)}; a path of the service begins with /, as "/health"`);
  return { path: place ?? null, log: log ?? null, limitMs: (seconds ?? readySeconds) * 1000 };
};

const folderOf = (folder: string, name: string, cwd: string | undefined): string => {
  const place = path.resolve(folder, cwd ?? '.');
  if (!existsSync(place)) throw usageError(`cwd of ${name} is ${cwd}, and there is no folder ${place}`);
  return place;
};

const textsOf = (values: ServiceConfig['environment'] = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

const processOf = (folder: string, name: string, config: BesideConfig): OwnProcess => ({
  name,
  command: config.command,
  replicas: config.replicas ?? 1,
  environment: textsOf(config.environment),
  cwd: folderOf(folder, name, config.cwd),
  ready: readyOf(config.ready),
  stop: {
    signal: config.stop?.signal ?? 'SIGTERM',
    graceMs: (config.stop?.seconds ?? stopSeconds) * 1000,
  },
  budget:
    config.budget === undefined
      ? null
      : { cores: config.budget.cores, memoryBytes: config.budget.memoryMiB * 1024 * 1024 },
});

const portOf = ({ port = 'PORT', replicas = 1 }: ServiceConfig): OwnService['port'] => {
  if (typeof port === 'string') return { variable: port };
  if (replicas > 1)
    throw usageError(
      `service.port is ${port}, one port for ${replicas} replicas: ` +
        'give the name of the variable that tells each its own, as port: "PORT"',
    );
  return { fixed: port };
};

export const ownServiceOf = (config: ServiceConfig, folder: string): OwnService => ({
  folder,
  api: processOf(folder, 'service', config),
  beside: Object.entries(config.processes ?? {}).map(([name, one]) => processOf(folder, name, one)),
  port: portOf(config),
  database: typeof config.database === 'object' ? config.database : { url: config.database ?? 'DATABASE_URL' },
  migrate: config.migrate ?? null,
  prepare: config.prepare ?? null,
});

/** Which of the three kinds of services the config names. */
export const serviceKind = (
  read: ReadConfig | null,
): { own: ServiceConfig } | { elsewhere: RunningElsewhere } | 'reference' => {
  const service = read?.config.service ?? 'reference';
  if (service === 'reference') return service;
  return 'command' in service ? { own: service } : { elsewhere: service };
};
