/** What PgBouncer calls the settings of a pooler: the one table, for its configuration and for reading a team's own. */
import type { z } from 'zod';
import type { PoolerSettings } from '../../scenarios/lib/pooler-settings.ts';

export const pgbouncerNames: Readonly<Record<keyof PoolerSettings, string>> = {
  mode: 'pool_mode',
  poolSize: 'default_pool_size',
  minPoolSize: 'min_pool_size',
  reservePoolSize: 'reserve_pool_size',
  reservePoolTimeoutSeconds: 'reserve_pool_timeout',
  maxDbConnections: 'max_db_connections',
  maxUserConnections: 'max_user_connections',
  maxClientConn: 'max_client_conn',
  maxPreparedStatements: 'max_prepared_statements',
  queryWaitTimeoutSeconds: 'query_wait_timeout',
  clientIdleTimeoutSeconds: 'client_idle_timeout',
  idleTransactionTimeoutSeconds: 'idle_transaction_timeout',
  serverConnectTimeoutSeconds: 'server_connect_timeout',
  serverIdleTimeoutSeconds: 'server_idle_timeout',
  serverLifetimeSeconds: 'server_lifetime',
  serverLoginRetrySeconds: 'server_login_retry',
};

type Numbers = Exclude<keyof PoolerSettings, 'mode'>;

export const poolerNumbers = <Shape extends z.ZodType>(shape: Shape): Record<Numbers, Shape> =>
  Object.fromEntries(
    Object.keys(pgbouncerNames)
      .filter((name) => name !== 'mode')
      .map((name) => [name, shape]),
  ) as Record<Numbers, Shape>;

/** Lines of an ini as the settings that we know; what is none, or no number, stays a line. */
export const asPoolerSettings = (
  lines: Readonly<Record<string, string>>,
): { settings: PoolerSettings; others: Record<string, string> } => {
  const known = Object.fromEntries(Object.entries(pgbouncerNames).map(([name, theirs]) => [theirs, name]));
  const settings: Record<string, string | number> = {};
  const others: Record<string, string> = {};
  for (const [theirs, value] of Object.entries(lines)) {
    const name = known[theirs];
    if (name === 'mode') settings[name] = value;
    else if (name !== undefined && value !== '' && Number.isFinite(Number(value))) settings[name] = Number(value);
    else others[theirs] = value;
  }
  return { settings: settings as PoolerSettings, others };
};
