/**
 * The words by which errors are known, whatever driver says them. The first match wins, so special ones stand first.
 * Each example is a real message (see docs/errors.md), and a test feeds every one back to the classifier.
 */
export type Outcome = 'not-executed' | 'rolled-back' | 'unknown' | 'ran';

export interface Signature {
  family: string;
  /** Who says it. */
  by: string;
  pattern: RegExp;
  example: string;
  /** Where it differs from the family's. */
  outcome?: Outcome;
  /** Said only of this message. */
  note?: string;
}

const noSlot: Signature[] = [
  {
    family: 'no-slot',
    by: 'Postgres (53300)',
    pattern: /sorry, too many clients already/i,
    example: 'sorry, too many clients already',
  },
  {
    family: 'no-slot',
    by: 'Postgres up to 15 (53300)',
    pattern: /remaining connection slots are reserved for non-replication/i,
    example: 'remaining connection slots are reserved for non-replication superuser connections',
  },
  {
    family: 'no-slot',
    by: 'Postgres 16 and newer (53300)',
    pattern: /remaining connection slots are reserved/i,
    example: 'remaining connection slots are reserved for roles with the SUPERUSER attribute',
  },
  {
    family: 'no-slot',
    by: 'Postgres, role limit (53300)',
    pattern: /too many connections for (role|database)/i,
    example: 'too many connections for role "app"',
    note: 'The limit is that of ALTER ROLE … CONNECTION LIMIT (or of the database), not max_connections.',
  },
];

const poolWait: Signature[] = [
  {
    family: 'pool-wait',
    by: 'node-pg (pg-pool)',
    pattern: /timeout exceeded when trying to connect/i,
    example: 'timeout exceeded when trying to connect',
  },
  {
    family: 'pool-wait',
    by: 'HikariCP',
    pattern: /Connection is not available, request timed out after/i,
    example:
      'HikariPool-1 - Connection is not available, request timed out after 30000ms (total=10, active=10, idle=0, waiting=12)',
  },
  {
    family: 'pool-wait',
    by: 'SQLx',
    pattern: /pool timed out while waiting for an open connection/i,
    example: 'pool timed out while waiting for an open connection',
  },
  {
    family: 'pool-wait',
    by: 'psycopg_pool',
    pattern: /couldn't get a connection after/i,
    example: "couldn't get a connection after 30.00 sec",
  },
  {
    family: 'pool-wait',
    by: 'SQLAlchemy',
    pattern: /QueuePool limit of size \d+ overflow/i,
    example: 'QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00',
  },
  {
    family: 'pool-wait',
    by: 'Npgsql',
    pattern: /connection pool has been exhausted/i,
    example:
      "The connection pool has been exhausted, either raise 'Max Pool Size' (currently 100) or 'Timeout' (currently 15 seconds) in your connection string.",
  },
  {
    family: 'pool-wait',
    by: 'Prisma (P2024)',
    pattern: /Timed out fetching a new connection from the connection pool|\bP2024\b/i,
    example:
      'Timed out fetching a new connection from the connection pool. (Current connection pool timeout: 10, connection limit: 5)',
  },
  {
    family: 'pool-wait',
    by: 'Sequelize',
    pattern: /ConnectionAcquireTimeoutError|ResourceRequest timed out/i,
    example: 'SequelizeConnectionAcquireTimeoutError: Operation timeout',
  },
  {
    family: 'pool-wait',
    by: 'Knex',
    pattern: /Timeout acquiring a connection/i,
    example:
      'Knex: Timeout acquiring a connection. The pool is probably full. Are you missing a .transacting(trx) call?',
  },
  {
    family: 'pool-wait',
    by: 'ActiveRecord',
    pattern: /could not obtain a connection from the pool within/i,
    example:
      'could not obtain a connection from the pool within 5.000 seconds (waited 5.001 seconds); all pooled connections were in use',
  },
  {
    family: 'pool-wait',
    by: 'pgx (pgxpool)',
    pattern: /acquire.*(context deadline exceeded|context canceled)/i,
    example: 'failed to acquire connection: context deadline exceeded',
  },
  {
    family: 'pool-wait',
    by: 'Ecto (DBConnection)',
    pattern: /connection not available and request was dropped from queue/i,
    example: 'connection not available and request was dropped from queue after 1012ms',
  },
  {
    family: 'pool-wait',
    by: 'Commons DBCP',
    pattern: /Timeout waiting for idle object/i,
    example: 'Cannot get a connection, pool error Timeout waiting for idle object',
  },
  {
    family: 'pool-wait',
    by: 'the reference service',
    pattern: /ErrPoolSaturated|pool saturated/i,
    example: 'ErrPoolSaturated: 37 of 37 connections in use',
  },
];

const pooler: Signature[] = [
  {
    family: 'pooler-wait',
    by: 'PgBouncer (08P01)',
    pattern: /query_wait_timeout/i,
    example: 'query_wait_timeout',
    note: 'The client waited in the pooler for a server connection and never got one.',
  },
  {
    family: 'pooler-wait',
    by: 'PgBouncer (08P01)',
    pattern: /query_timeout/i,
    example: 'query_timeout',
    note: 'With an underscore the client was still queued; "query timeout" with a space is another error, and its outcome is unknown.',
  },
  {
    family: 'pooler-wait',
    by: 'PgBouncer (08P01)',
    pattern: /no more connections allowed/i,
    example: 'no more connections allowed (max_client_conn)',
    note: "The pooler's client slots are full.",
  },
  {
    family: 'pooler-wait',
    by: 'PgBouncer 1.24 and newer (08P01)',
    pattern: /client connections exceeded/i,
    example: 'client connections exceeded (max_db_client_connections)',
  },
  {
    family: 'pooler-wait',
    by: 'Supavisor',
    pattern: /max client connections reached/i,
    example: 'Max client connections reached',
  },
  {
    family: 'pooler-down',
    by: 'PgBouncer (08P01)',
    pattern: /server login has been failing/i,
    example: 'server login has been failing, try again later (server_login_retry)',
    note: 'The pooler tries again only after server_login_retry (15 s by default).',
  },
  {
    family: 'pooler-down',
    by: 'PgBouncer (08P01)',
    pattern: /pooler is shut(ting)? down/i,
    example: 'pooler is shutting down',
  },
  {
    family: 'pooler-down',
    by: 'PgBouncer (08P01)',
    pattern: /^(.*\s)?server shutting down/i,
    example: 'server shutting down',
  },
  {
    family: 'pooler-down',
    by: 'PgBouncer (08P01)',
    pattern: /database "?[^"]*"? is disabled|database removed/i,
    example: 'database "app" is disabled',
  },
  {
    family: 'connection-lost',
    by: 'PgBouncer (08P01)',
    pattern: /server conn crashed/i,
    example: 'server conn crashed?',
    note: 'The statement had been sent: it may have committed.',
  },
  {
    family: 'connection-lost',
    by: 'PgBouncer (08P01)',
    pattern: /invalid server parameter/i,
    example: 'invalid server parameter',
    outcome: 'not-executed',
    note: "The server connection ended while the client's parameters were set on it, before its statement.",
  },
  {
    family: 'client-timeout',
    by: 'PgBouncer (08P01)',
    pattern: /(^|[^_\w])query timeout/i,
    example: 'query timeout',
    note: 'With a space the server connection was in use; with an underscore the client was still queued.',
  },
  {
    family: 'idle-timeout',
    by: 'PgBouncer (08P01)',
    pattern: /idle transaction timeout/i,
    example: 'idle transaction timeout',
  },
  {
    family: 'pool-mode',
    by: 'PgBouncer (08P01)',
    pattern: /unsupported startup parameter/i,
    example: 'unsupported startup parameter: extra_float_digits',
    outcome: 'not-executed',
    note: 'List it in ignore_startup_parameters, or do not send it.',
  },
];

const poolMode: Signature[] = [
  {
    family: 'pool-mode',
    by: 'Postgres (26000)',
    pattern: /prepared statement .*does not exist/i,
    example: 'prepared statement "sqlx_s_1" does not exist',
  },
  {
    family: 'pool-mode',
    by: 'Postgres (42P05)',
    pattern: /prepared statement .*already exists/i,
    example: 'prepared statement "s0" already exists',
  },
  {
    family: 'pool-mode',
    by: 'Postgres (08P01)',
    pattern: /bind message supplies \d+ parameters?, but prepared statement/i,
    example: 'bind message supplies 1 parameters, but prepared statement "" requires 2',
  },
  {
    family: 'pool-mode',
    by: 'Postgres (34000)',
    pattern: /portal .*does not exist/i,
    example: 'portal "C_1" does not exist',
  },
];

const restarts: Signature[] = [
  {
    family: 'idle-timeout',
    by: 'Postgres (25P03)',
    pattern: /idle-in-transaction timeout/i,
    example: 'terminating connection due to idle-in-transaction timeout',
  },
  {
    family: 'idle-timeout',
    by: 'Postgres (57P05)',
    pattern: /idle-session timeout/i,
    example: 'terminating connection due to idle-session timeout',
  },
  {
    family: 'idle-timeout',
    by: 'Postgres 17 and newer (25P04)',
    pattern: /terminating connection due to transaction timeout/i,
    example: 'terminating connection due to transaction timeout',
  },
  {
    family: 'server-restart',
    by: 'Postgres (57P03)',
    pattern: /database system is (starting up|shutting down|in recovery mode|not (yet )?accepting)/i,
    example: 'the database system is starting up',
    outcome: 'not-executed',
  },
  {
    family: 'server-restart',
    by: 'Postgres (57P01)',
    pattern: /terminating connection due to administrator command/i,
    example: 'terminating connection due to administrator command',
  },
  {
    family: 'server-restart',
    by: 'Postgres (57P02)',
    pattern: /crash of another server process|immediate shutdown command|unexpected postmaster exit/i,
    example: 'terminating connection because of crash of another server process',
  },
];

const lost: Signature[] = [
  {
    family: 'connect-timeout',
    by: 'node-pg',
    pattern: /Connection terminated due to connection timeout/i,
    example: 'Connection terminated due to connection timeout',
  },
  {
    family: 'connect-timeout',
    by: 'psycopg, libpq',
    pattern: /(connection|failed:) timeout expired$/i,
    example: 'connection to server at "db" (10.0.0.5), port 5432 failed: timeout expired',
  },
  {
    family: 'connect-timeout',
    by: 'node-pg (a client of its own)',
    pattern: /timeout expired$/i,
    example: 'timeout expired',
  },
  {
    family: 'connect-timeout',
    by: 'pgx',
    pattern: /failed to connect.*(deadline exceeded|i\/o timeout)/i,
    example:
      'failed to connect to `host=db user=app database=app`: dial error (timeout: dial tcp 10.0.0.5:5432: i/o timeout)',
  },
  {
    family: 'connect-timeout',
    by: 'Npgsql',
    pattern: /Timeout during connection attempt/i,
    example: 'Timeout during connection attempt',
  },
  {
    family: 'connect-timeout',
    by: 'JDBC',
    pattern: /connect timed out|ETIMEDOUT/i,
    example: 'The connection attempt failed. java.net.SocketTimeoutException: connect timed out',
  },
  {
    family: 'connect-refused',
    by: 'Node, libpq, pgx, JDBC',
    pattern: /ECONNREFUSED|connection refused/i,
    example: 'connect ECONNREFUSED 127.0.0.1:5432',
  },
  {
    family: 'connect-refused',
    by: 'Prisma (P1001)',
    pattern: /Can't reach database server|\bP1001\b/i,
    example: "Can't reach database server at `db:5432`",
  },
  {
    family: 'connect-refused',
    by: 'Node (DNS)',
    pattern: /ENOTFOUND|EAI_AGAIN|could not translate host name/i,
    example: 'getaddrinfo ENOTFOUND db.internal',
  },
  {
    family: 'connection-lost',
    by: 'node-pg',
    pattern: /not queryable/i,
    example: 'Client has encountered a connection error and is not queryable',
    outcome: 'not-executed',
  },
  {
    family: 'connection-lost',
    by: 'node-pg',
    pattern: /Connection terminated/i,
    example: 'Connection terminated unexpectedly',
  },
  { family: 'connection-lost', by: 'Node', pattern: /ECONNRESET|EPIPE|broken pipe/i, example: 'read ECONNRESET' },
  {
    family: 'connection-lost',
    by: 'psycopg, libpq',
    pattern: /server closed the connection unexpectedly/i,
    example: 'server closed the connection unexpectedly',
  },
  { family: 'connection-lost', by: 'pgx', pattern: /conn closed/i, example: 'conn closed', outcome: 'not-executed' },
  {
    family: 'connection-lost',
    by: 'pgx, SQLx',
    pattern: /unexpected EOF|end of file|expected to read \d+ bytes/i,
    example: 'unexpected EOF',
  },
  {
    family: 'connection-lost',
    by: 'JDBC',
    pattern: /An I\/O error occurred while sending to the backend/i,
    example: 'An I/O error occurred while sending to the backend.',
  },
  {
    family: 'connection-lost',
    by: 'JDBC',
    pattern: /This connection has been closed/i,
    example: 'This connection has been closed.',
    outcome: 'not-executed',
  },
  {
    family: 'connection-lost',
    by: 'Npgsql',
    pattern: /Exception while (reading from|writing to) stream/i,
    example: 'Exception while reading from stream',
  },
  {
    family: 'connection-lost',
    by: 'Prisma (P1017)',
    pattern: /Server has closed the connection|\bP1017\b/i,
    example: 'Server has closed the connection.',
  },
  {
    family: 'connection-lost',
    by: 'SQLx',
    pattern: /error communicating with database/i,
    example: 'error communicating with database: Connection reset by peer (os error 104)',
  },
];

const statements: Signature[] = [
  {
    family: 'lock-timeout',
    by: 'Postgres (55P03)',
    pattern: /due to lock timeout|could not obtain lock on/i,
    example: 'canceling statement due to lock timeout',
  },
  {
    family: 'statement-timeout',
    by: 'Postgres (57014)',
    pattern: /canceling statement due to (statement timeout|user request|conflict)/i,
    example: 'canceling statement due to statement timeout',
  },
  { family: 'client-timeout', by: 'node-pg', pattern: /Query read timeout/i, example: 'Query read timeout' },
  {
    family: 'client-timeout',
    by: 'Go (pgx, database/sql)',
    pattern: /context deadline exceeded/i,
    example: 'context deadline exceeded',
  },
  {
    family: 'client-timeout',
    by: 'k6, HTTP clients',
    pattern: /request timeout|timeout: request|operation timed out|socket hang up/i,
    example: 'request timeout',
  },
  { family: 'deadlock', by: 'Postgres (40P01)', pattern: /deadlock detected/i, example: 'deadlock detected' },
  {
    family: 'serialization',
    by: 'Postgres (40001)',
    pattern: /could not serialize access/i,
    example: 'could not serialize access due to concurrent update',
  },
  {
    family: 'constraint',
    by: 'Postgres (23xxx)',
    pattern: /violates .*constraint|duplicate key value/i,
    example: 'duplicate key value violates unique constraint "jobs_key_key"',
  },
  {
    family: 'read-only',
    by: 'Postgres (25006)',
    pattern: /read-only transaction/i,
    example: 'cannot execute UPDATE in a read-only transaction',
  },
  {
    family: 'aborted',
    by: 'Postgres (25P02)',
    pattern: /current transaction is aborted/i,
    example: 'current transaction is aborted, commands ignored until end of transaction block',
  },
  {
    family: 'disk',
    by: 'Postgres (53100)',
    pattern: /No space left on device|could not extend file|disk full/i,
    example: 'could not extend file "base/16384/16397": No space left on device',
  },
  { family: 'memory', by: 'Postgres (53200)', pattern: /out of (shared )?memory/i, example: 'out of shared memory' },
  {
    family: 'auth',
    by: 'Postgres (28P01)',
    pattern:
      /password authentication failed|no pg_hba.conf entry|SASL authentication failed|role ".*" is not permitted/i,
    example: 'password authentication failed for user "app"',
  },
  {
    family: 'auth',
    by: 'PgBouncer (08P01, 28000)',
    pattern: /no such (user|database)|role ".*" does not exist|database ".*" does not exist/i,
    example: 'no such database: app',
  },
  {
    family: 'sql',
    by: 'Postgres (42xxx)',
    pattern: /(relation|column|function|type) .*does not exist|syntax error at|permission denied for/i,
    example: 'relation "jobs" does not exist',
  },
];

export const signatures: readonly Signature[] = [
  ...noSlot,
  ...poolWait,
  ...pooler,
  ...poolMode,
  ...restarts,
  ...lost,
  ...statements,
];

/** SQLSTATEs, exact or by class (first two characters), for texts that no pattern knows. 08P01 says nothing. */
export const sqlstates: Readonly<Record<string, { family: string; outcome?: Outcome }>> = {
  '53300': { family: 'no-slot' },
  '53100': { family: 'disk' },
  '53200': { family: 'memory' },
  '57P01': { family: 'server-restart' },
  '57P02': { family: 'server-restart' },
  '57P03': { family: 'server-restart', outcome: 'not-executed' },
  '57P05': { family: 'idle-timeout' },
  '25P03': { family: 'idle-timeout' },
  '25P04': { family: 'idle-timeout' },
  '57014': { family: 'statement-timeout' },
  '55P03': { family: 'lock-timeout' },
  '40P01': { family: 'deadlock' },
  '40001': { family: 'serialization' },
  '25006': { family: 'read-only' },
  '25P02': { family: 'aborted' },
  '26000': { family: 'pool-mode' },
  '42P05': { family: 'pool-mode' },
  '08001': { family: 'connect-refused' },
  '08004': { family: 'connect-refused' },
  '08003': { family: 'connection-lost', outcome: 'not-executed' },
  '08006': { family: 'connection-lost' },
  '08007': { family: 'connection-lost' },
  '23': { family: 'constraint' },
  '28': { family: 'auth' },
  '3D': { family: 'auth' },
  '42': { family: 'sql' },
};
