import { chownSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { unprivilegedUser } from '../../system/users.ts';
import type { Workspace } from '../../system/workspace.ts';
import type { Tool } from '../../tools/tool.ts';
import { pgbouncerSettings } from '../pgbouncer-settings.ts';
import type { Address, StackSpec } from '../stack.ts';
import type { StackContext } from '../start.ts';
import { startPart, type Part } from './part.ts';
import { databaseName, newPassword, roleNames, type RoleName } from '../roles.ts';

export interface PoolerOptions {
  pgbouncer: Tool;
  instance: number;
  spec: StackSpec;
  address: Address;
  /** The database, or the proxy in front of it. */
  upstream: Address;
  folder: string;
  logFile: string;
  workspace: Workspace;
  onLost: StackContext['onLost'];
  passwords: Record<RoleName, string>;
}

export const adminUser = 'pgbouncer_admin';
const statisticsUser = 'pgbouncer_stats';

const atLeast = (version: string, major: number, minor: number): boolean => {
  const [a = 0, b = 0] = version.split('.').map(Number);
  return a > major || (a === major && b >= minor);
};

/** Before 1.21 there were no prepared statements to follow, nor the setting. */
const poolLines = ({ pooler }: StackSpec, version: string): string =>
  Object.entries(pgbouncerSettings(pooler))
    .filter(([name]) => name !== 'max_prepared_statements' || atLeast(version, 1, 21))
    .map(([name, value]) => `${name} = ${value}`)
    .join('\n');

const configuration = ({ spec, address, upstream, pgbouncer }: PoolerOptions, userFile: string): string => `[databases]
${databaseName} = host=${upstream.host} port=${upstream.port} dbname=${databaseName}

[pgbouncer]
listen_addr = ${address.host}
listen_port = ${address.port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${userFile}
admin_users = ${adminUser}
stats_users = ${statisticsUser}
${poolLines(spec, pgbouncer.version)}
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
log_pooler_errors = 1
`;

const writePrivate = (file: string, content: string): void => {
  const user = unprivilegedUser();
  writeFileSync(file, content, { mode: 0o600 });
  if (user !== null) chownSync(file, user.uid, user.gid);
};

/** Settings worth printing beside a result. */
const reported = [
  'pool_mode',
  'default_pool_size',
  'min_pool_size',
  'reserve_pool_size',
  'max_db_connections',
  'max_user_connections',
  'max_client_conn',
  'query_wait_timeout',
  'server_login_retry',
  'server_connect_timeout',
  'server_idle_timeout',
  'server_lifetime',
  'client_idle_timeout',
  'auth_type',
  'max_prepared_statements',
  'server_reset_query',
];

/** Settings in force, keys `pgbouncer.<name>`. */
export const readPoolerSettings = async (console: pg.Client): Promise<Record<string, string>> => {
  const { rows } = await console.query<{ key: string; value: string | null }>('SHOW CONFIG');
  return Object.fromEntries(
    rows.filter(({ key }) => reported.includes(key)).map(({ key, value }) => [`pgbouncer.${key}`, value ?? '']),
  );
};

/** A client whose later loss is nobody's uncaught error. */
export const connect = async (connectionString: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

export interface StartedPooler {
  part: Part;
  address: Address;
  adminUrl: string;
  logFile: string;
  settings: Record<string, string>;
  /** One login and one query through to the database; the session it opened there is closed again. */
  verify(): Promise<void>;
}

/** One login and one query of the app through to the database; the session it opened there is closed again. */
export const verifyPooler = async (address: Address, adminUrl: string, appPassword: string): Promise<void> => {
  const client = await connect(
    `postgres://${roleNames.app}:${appPassword}@${address.host}:${address.port}/${databaseName}`,
  );
  await client.query('SELECT 1');
  await client.end();
  const console = await connect(adminUrl);
  await console.query(`RECONNECT ${databaseName}`);
  await console.end();
};

/** PgBouncer on loopback, its console answering. It has not tried the database yet: see `verify`. */
export const startPooler = async (options: PoolerOptions): Promise<StartedPooler> => {
  const { pgbouncer, instance, address, folder, logFile, workspace, passwords } = options;
  const adminPassword = newPassword();
  const userFile = path.join(folder, `pgbouncer-${instance}.users`);
  const configurationFile = path.join(folder, `pgbouncer-${instance}.ini`);
  const users = {
    ...Object.fromEntries(Object.entries(roleNames).map(([name, role]) => [role, passwords[name as RoleName]])),
    [adminUser]: adminPassword,
    [statisticsUser]: newPassword(),
  };
  writePrivate(
    userFile,
    Object.entries(users)
      .map(([user, password]) => `"${user}" "${password}"\n`)
      .join(''),
  );
  writePrivate(configurationFile, configuration(options, userFile));
  const adminUrl = `postgres://${adminUser}:${adminPassword}@${address.host}:${address.port}/pgbouncer`;
  let settings: Record<string, string> = {};
  const part = await startPart({
    component: 'pooler',
    instance,
    title: `PgBouncer ${instance + 1}`,
    logFile,
    readyLimitMs: 10_000,
    onLost: options.onLost,
    spawn: () =>
      workspace.spawn(
        `pgbouncer ${instance + 1}`,
        pgbouncer.path,
        [configurationFile],
        // From 1.23 on SIGTERM waits for the clients to leave and SIGQUIT ends at once; before, SIGTERM did.
        {
          ...unprivilegedUser(),
          cwd: folder,
          logFile,
          env: pgbouncer.env,
          stopSignal: atLeast(pgbouncer.version, 1, 23) ? 'SIGQUIT' : 'SIGTERM',
        },
      ),
    ready: async () => {
      const console = await connect(adminUrl);
      settings = await readPoolerSettings(console);
      await console.end();
      return true;
    },
  });
  return { part, address, adminUrl, logFile, settings, verify: () => verifyPooler(address, adminUrl, passwords.app) };
};
