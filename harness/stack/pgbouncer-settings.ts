import type { PoolerSettings } from '../../scenarios/lib/declaration.ts';
import type { PoolerSpec } from './stack.ts';

/** What PgBouncer calls the settings of a pooler. */
const names: Record<keyof PoolerSettings, string> = {
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

/** Lines of pgbouncer.ini, by name: what is set, and the pool's size as the limit of all its server sessions. */
export const pgbouncerSettings = (pooler: PoolerSpec): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ maxDbConnections: pooler.poolSize, ...pooler }).map(([name, value]) => [
      names[name as keyof PoolerSettings],
      String(value),
    ]),
  );
