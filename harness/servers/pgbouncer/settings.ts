/**
 * PgBouncer's configuration as the stack needs it. In a container, `docker/pgbouncer/entrypoint.sh` writes the same.
 */
import { pgbouncerNames } from '../../config/pooler-names.ts';
import type { Address } from '../address.ts';
import type { PoolerSpec } from '../pooler.ts';
import { isAtLeast } from './version.ts';

export const adminUser = 'pgbouncer_admin';
export const statisticsUser = 'pgbouncer_stats';

/** Lines of pgbouncer.ini: what is set, and the pool's size as the limit of all its server sessions. */
export const configuration = (spec: PoolerSpec): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ maxDbConnections: spec.poolSize, ...spec }).map(([name, value]) => [
      pgbouncerNames[name as keyof PoolerSpec],
      String(value),
    ]),
  );

const followsStatements = (version: string): boolean => isAtLeast(version, '1.21.0');

/** Before 1.21 there were no prepared statements to follow, and a setting that PgBouncer does not know ends it. */
const knownTo = (version: string, settings: Record<string, string>): Record<string, string> => {
  const { max_prepared_statements: _, ...older } = settings;
  return followsStatements(version) ? settings : older;
};

/** What of the settings is not in force with this PgBouncer, for whoever counts on it; null where all is. */
export const notInForce = (version: string, { mode, maxPreparedStatements }: PoolerSpec): string | null => {
  if (followsStatements(version) || mode === 'session' || maxPreparedStatements === 0) return null;
  return (
    `max_prepared_statements = ${maxPreparedStatements} is not in force: PgBouncer ${version} follows no prepared ` +
    'statements, as 1.21 and later do, so named ones fail; turn them off in the driver, or name a newer one by ' +
    'PGBOUNCER_BIN'
  );
};

export interface FileOptions {
  /** The program's, which decides what it understands. */
  version: string;
  address: Address;
  /** The database's server, or the proxy in front of it. */
  upstream: Address;
  database: string;
  userFile: string;
  spec: PoolerSpec;
  /** Of a team's own pgbouncer.ini: lines of [pgbouncer], and of the database, that are no settings of the spec. */
  theirs?: { lines: Readonly<Record<string, string>>; database: Readonly<Record<string, string>> };
}

const databaseLine = ({ upstream, database, theirs }: FileOptions): string => {
  const words = { host: upstream.host, port: upstream.port, dbname: database, ...theirs?.database };
  return `${database} = ${Object.entries(words)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')}`;
};

/** The text of pgbouncer.ini. */
export const configurationFile = (options: FileOptions): string => {
  const { version, address, userFile, spec, theirs } = options;
  const settings = {
    listen_addr: address.host,
    listen_port: address.port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: userFile,
    admin_users: adminUser,
    stats_users: statisticsUser,
    ...knownTo(version, configuration(spec)),
    ignore_startup_parameters: 'extra_float_digits',
    ...theirs?.lines,
    log_connections: 0,
    log_disconnections: 0,
    log_pooler_errors: 1,
  };
  return [
    '[databases]',
    databaseLine(options),
    '',
    '[pgbouncer]',
    ...Object.entries(settings).map(([name, value]) => `${name} = ${value}`),
    '',
  ].join('\n');
};

/** Each user's name and password, as `auth_file` has them. */
export const userFileContent = (users: Readonly<Record<string, string>>): string =>
  Object.entries(users)
    .map(([user, password]) => `"${user}" "${password}"\n`)
    .join('');

/** Settings worth printing beside a result. */
export const reportedSettings: readonly string[] = [
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
