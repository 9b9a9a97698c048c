/**
 * Settings of each pooler, in PgBouncer's own words. What is absent has our default (`harness/stack/spec.ts`), else
 * PgBouncer's.
 */
export interface PoolerSettings {
  mode?: 'session' | 'transaction' | 'statement' | null;
  /** default_pool_size, and max_db_connections where that is not set. */
  poolSize?: number | null;
  minPoolSize?: number | null;
  reservePoolSize?: number | null;
  reservePoolTimeoutSeconds?: number | null;
  maxDbConnections?: number | null;
  maxUserConnections?: number | null;
  maxClientConn?: number | null;
  /** 0: prepared statements are not followed, as before version 1.21. */
  maxPreparedStatements?: number | null;
  queryWaitTimeoutSeconds?: number | null;
  clientIdleTimeoutSeconds?: number | null;
  idleTransactionTimeoutSeconds?: number | null;
  serverConnectTimeoutSeconds?: number | null;
  serverIdleTimeoutSeconds?: number | null;
  serverLifetimeSeconds?: number | null;
  serverLoginRetrySeconds?: number | null;
}
