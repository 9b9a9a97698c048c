/** What Postgres runs with on every provider, and how a running one is asked what it runs with. */
import { usageError } from '../errors.ts';
import type { PostgresConnection } from '../servers/postgres/connection.ts';
import { roleNames } from './roles.ts';
import type { StackSpec } from './stack.ts';

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
export const readSettings = async (
  connection: PostgresConnection,
  spec: StackSpec,
): Promise<Record<string, string>> => {
  const rows = await connection.query<{ name: string; value: string }>(
    'SELECT name, current_setting(name) AS value FROM pg_settings WHERE name = ANY($1) ORDER BY name',
    [[...reported, ...Object.keys(spec.postgres)]],
  );
  const [role] = await connection.query<{ rolconnlimit: number }>(
    'SELECT rolconnlimit FROM pg_roles WHERE rolname = $1',
    [roleNames.app],
  );
  return Object.fromEntries([
    ...rows.map(({ name, value }) => [`postgres.${name}`, value]),
    ['postgres.role_connection_limit', String(role?.rolconnlimit)],
  ]);
};
