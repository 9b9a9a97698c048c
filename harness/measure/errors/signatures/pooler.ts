/** What PgBouncer says, and what Postgres says where session state met transaction pooling. */
import { whole, type Signature } from '../signature.ts';

const waits: readonly Signature[] = [
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
    note:
      'With an underscore the client was still queued; "query timeout" with a space is another error, and its ' +
      'outcome is unknown.',
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
    family: 'connect-timeout',
    by: 'PgBouncer (in its log)',
    pattern: /closing because: connect timeout/i,
    example: 'closing because: connect timeout (age=15s)',
    note: 'The server did not answer within server_connect_timeout.',
  },
  {
    family: 'connect-timeout',
    by: 'PgBouncer (08P01)',
    pattern: /\bclient_login_timeout\b/i,
    example: 'client_login_timeout',
    note:
      'A client did not finish its login in time; with "(server down)" the pooler had no server to ask about it. ' +
      'Its own log says why.',
  },
];

const downs: readonly Signature[] = [
  {
    family: 'pooler-down',
    by: 'PgBouncer (08P01)',
    pattern: /server login (has been failing|failed)/i,
    example: 'server login has been failing, try again later (server_login_retry)',
    note: 'The pooler tries again only after server_login_retry (15 s by default).',
  },
  {
    family: 'pooler-down',
    by: 'PgBouncer before 1.17 (08P01)',
    pattern: /pgbouncer cannot connect to server/i,
    example: 'pgbouncer cannot connect to server',
    note: 'Today\'s server_login_retry. The cause is in the pooler\'s own log: "server login failed: …".',
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
    pattern: /(?:^|pooler error: |error: |FATAL: +|ERROR: +|Violation: )server shutting down\s*$/i,
    example: 'server shutting down',
  },
  {
    family: 'pooler-down',
    by: 'PgBouncer (08P01)',
    pattern: /database "?[^"]*"? is disabled|database removed/i,
    example: 'database "app" is disabled',
  },
  { family: 'pooler-down', by: 'PgBouncer', pattern: whole('pause failed'), example: 'pause failed' },
  {
    family: 'pooler-down',
    by: 'PgBouncer',
    pattern: /DNS lookup failed/i,
    example: 'server DNS lookup failed',
  },
];

const others: readonly Signature[] = [
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
    pattern: /(^|[^_\w])query timeout|(?:^|error: )transaction timeout\s*$/i,
    example: 'query timeout',
    note: 'With a space the server connection was in use; with an underscore the client was still queued.',
  },
  {
    family: 'pool-mode',
    by: 'PgBouncer (08P01), Neon',
    pattern: /unsupported startup parameter/i,
    example: 'unsupported startup parameter: extra_float_digits',
    outcome: 'not-executed',
    note: 'List it in ignore_startup_parameters, or do not send it.',
  },
  {
    family: 'lost-notification',
    by: 'PgBouncer (in its log)',
    pattern: /got packet 'A' from server when not linked/i,
    example: "got packet 'A' from server when not linked",
    note: 'A is a NotificationResponse. One that comes while somebody else has that connection goes to him, unlogged.',
  },
  {
    family: 'client-gone',
    by: 'PgBouncer (in its log)',
    pattern: /client disconnect(ed)? (while|with|before)|client unexpected eof/i,
    example: 'client disconnect while server was not ready',
    note: 'Each time the server connection under that client is closed, and a new one opened.',
  },
];

export const poolerSays: readonly Signature[] = [...waits, ...downs, ...others];

export const poolMode: readonly Signature[] = [
  {
    family: 'stale-plan',
    by: 'Postgres (0A000), every driver',
    pattern: /cached plan must not change result type/i,
    example: 'cached plan must not change result type',
  },
  {
    family: 'stale-plan',
    by: 'asyncpg',
    pattern: /cached statement plan is invalid due to a database schema/i,
    example: 'cached statement plan is invalid due to a database schema or configuration change',
  },
  {
    family: 'stale-plan',
    by: 'ActiveRecord',
    pattern: /Cached query plan has expired due to schema changes|PreparedStatementCacheExpired/,
    example: 'ActiveRecord::PreparedStatementCacheExpired: Cached query plan has expired due to schema changes',
  },
  {
    family: 'pool-mode',
    by: 'ActiveRecord',
    pattern: /Failed to release advisory lock/i,
    example: 'ActiveRecord::ConcurrentMigrationError: Failed to release advisory lock',
    outcome: 'unknown',
    note: 'The session lock was taken on one server connection and given back on another: migrations go direct.',
  },
  {
    family: 'pool-mode',
    by: 'Postgres (26000)',
    pattern: /prepared statement .*does not exist|prepared statement did not exist/i,
    example: 'prepared statement "sqlx_s_1" does not exist',
  },
  {
    family: 'pool-mode',
    by: 'Postgres (42P05)',
    pattern: /prepared statement .*already (exists|in use)/i,
    example: 'prepared statement "s0" already exists',
  },
  {
    family: 'pool-mode',
    by: 'Postgres (08P01)',
    pattern: /bind message (supplies \d+ parameters?, but prepared statement|has \d+ \w+ formats but)/i,
    example: 'bind message supplies 1 parameters, but prepared statement "" requires 2',
  },
  {
    family: 'pool-mode',
    by: 'Postgres (34000)',
    pattern: /(portal|cursor) ".*" does not exist/i,
    example: 'portal "C_1" does not exist',
  },
  {
    family: 'pool-mode',
    by: 'lib/pq',
    pattern: /pq: unexpected (Parse|Bind|Describe) .*response/i,
    example: "pq: unexpected Parse response 'C'",
    outcome: 'unknown',
    note: 'Answers of two clients got mixed: an unnamed statement went through a pooler in transaction mode.',
  },
];
