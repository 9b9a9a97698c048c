import { appendFileSync, chownSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { usageError } from '../../errors.ts';
import { unprivilegedUser } from '../../system/users.ts';
import type { Workspace } from '../../system/workspace.ts';
import type { Tool } from '../../tools/tool.ts';
import type { Address, StackSpec } from '../stack.ts';
import type { StackContext } from '../start.ts';
import { startPart, type Part } from './part.ts';
import { databaseName, roleNames, startStatements, type RoleName } from '../roles.ts';
import { copyCluster, type Template } from './template.ts';

/** sun_path of a Unix socket holds 108 bytes, of which `/.s.PGSQL.<port>` and the zero take 16. */
const longestSocketFolder = 92;

/**
 * What every provider's Postgres runs with, the scenario's own settings last. Durable as in production: an
 * acknowledged commit survives a crash. Throws a usageError for a name that no setting can have.
 */
export const commonSettings = (spec: StackSpec, hasStatements: boolean): Record<string, string> => {
  for (const [name, value] of Object.entries(spec.postgres)) {
    if (!/^[a-z_][a-z0-9_.]*$/i.test(name) || value.includes('\n'))
      throw usageError(`"${name}" in environment.stack.postgres is not a Postgres setting`);
  }
  return {
    max_connections: String(spec.maxConnections),
    shared_buffers: '128MB',
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    ...(hasStatements ? { shared_preload_libraries: 'pg_stat_statements' } : {}),
    track_io_timing: 'on',
    log_destination: 'stderr',
    log_line_prefix: '%m [%p] %q%u@%d/%a ',
    log_lock_waits: 'on',
    log_timezone: 'UTC',
    timezone: 'UTC',
    lc_messages: 'C',
    ...spec.postgres,
  };
};

const settingsFor = (
  spec: StackSpec,
  address: Address,
  socketFolder: string,
  hasStatements: boolean,
): Record<string, string> => ({
  listen_addresses: address.host,
  port: String(address.port),
  unix_socket_directories: socketFolder.length <= longestSocketFolder ? socketFolder : '',
  // In the data folder, not in /dev/shm, where a kill -9 would leave it.
  dynamic_shared_memory_type: 'mmap',
  ...commonSettings(spec, hasStatements),
});

const asConfiguration = (settings: Record<string, string>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join('');

export interface DatabaseOptions {
  postgres: Tool;
  template: Template;
  spec: StackSpec;
  address: Address;
  folder: string;
  logFile: string;
  workspace: Workspace;
  onLost: StackContext['onLost'];
  passwords: Record<RoleName, string>;
}

const connectOwner = async ({ address }: DatabaseOptions, password: string): Promise<pg.Client> => {
  const client = new pg.Client({
    ...address,
    user: roleNames.owner,
    password,
    database: databaseName,
    connectionTimeoutMillis: 2000,
    application_name: 'pgsurge-stack',
    // Where a run turns it off, a crash would otherwise take the roles' passwords along with what the service wrote.
    options: '-c synchronous_commit=on',
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

/** Settings worth printing beside a result; all others are Postgres' defaults or in `environment.stack.postgres`. */
const reported = [
  'max_connections',
  'superuser_reserved_connections',
  'reserved_connections',
  'shared_buffers',
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'data_checksums',
  'password_encryption',
  'shared_preload_libraries',
  'wal_level',
  'max_wal_size',
  'checkpoint_timeout',
  'work_mem',
  'idle_session_timeout',
  'idle_in_transaction_session_timeout',
  'statement_timeout',
  'lock_timeout',
  'authentication_timeout',
  'deadlock_timeout',
  'default_transaction_isolation',
  'io_method',
  'max_parallel_workers_per_gather',
];

/** Settings of the server and of the app's role, as they are in force; keys `postgres.<name>`. */
export const readSettings = async (client: pg.Client, spec: StackSpec): Promise<Record<string, string>> => {
  const { rows } = await client.query<{ name: string; value: string }>(
    'SELECT name, current_setting(name) AS value FROM pg_settings WHERE name = ANY($1) ORDER BY name',
    [[...reported, ...Object.keys(spec.postgres)]],
  );
  const { rows: roles } = await client.query<{ rolconnlimit: number }>(
    'SELECT rolconnlimit FROM pg_roles WHERE rolname = $1',
    [roleNames.app],
  );
  return Object.fromEntries([
    ...rows.map(({ name, value }) => [`postgres.${name}`, value]),
    ['postgres.role_connection_limit', String(roles[0]?.rolconnlimit)],
  ]);
};

/** Postgres says so itself in line 8 of postmaster.pid: asking by connecting would fill its log with FATAL lines. */
const saysReady = (dataFolder: string, pid: number): boolean => {
  const lines = readFileSync(path.join(dataFolder, 'postmaster.pid'), 'utf8').split('\n');
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
};

export interface StartedDatabase {
  part: Part;
  settings: Record<string, string>;
}

/** A fresh cluster out of the template, on loopback, with this run's passwords and limits. */
export const startDatabase = async (options: DatabaseOptions): Promise<StartedDatabase> => {
  const { postgres, template, spec, address, folder, logFile, workspace, passwords } = options;
  const user = unprivilegedUser();
  const dataFolder = path.join(folder, 'data');
  const socketFolder = path.join(folder, 'socket');
  const configuration = asConfiguration(settingsFor(spec, address, socketFolder, template.hasStatements));
  mkdirSync(socketFolder, { mode: 0o700 });
  if (user !== null) chownSync(socketFolder, user.uid, user.gid);
  workspace.registerDataFolder(dataFolder);
  await copyCluster(template.dataFolder, dataFolder);
  appendFileSync(path.join(dataFolder, 'postgresql.conf'), `\n# pgsurge\n${configuration}`);
  let ownerPassword = template.ownerPassword;
  let first: pg.Client | null = null;
  const part = await startPart({
    component: 'database',
    instance: 0,
    title: 'Postgres',
    logFile,
    readyLimitMs: 30_000,
    onLost: options.onLost,
    spawn: () =>
      workspace.spawn(
        'postgres',
        path.join(postgres.path, 'postgres'),
        ['-D', dataFolder],
        // SIGQUIT: an immediate end that still takes the shared memory along; the data is thrown away anyhow.
        { ...user, cwd: folder, logFile, env: postgres.env, stopSignal: 'SIGQUIT' },
      ),
    ready: async ({ pid }) => {
      if (!saysReady(dataFolder, pid)) return false;
      const client = await connectOwner(options, ownerPassword);
      if (ownerPassword === template.ownerPassword) first = client;
      else await client.end();
      return true;
    },
  });
  const client = first as unknown as pg.Client;
  try {
    await client.query(startStatements(passwords, spec.roles));
    ownerPassword = passwords.owner;
    const settings = await readSettings(client, spec);
    if (template.hasStatements) await client.query('SELECT pg_stat_statements_reset()');
    await client.end();
    return { part, settings };
  } catch (error) {
    await part[Symbol.asyncDispose]();
    throw error;
  }
};
