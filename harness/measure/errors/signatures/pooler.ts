/** What poolers say, and what Postgres says where session state met transaction pooling. */
import type { Signature } from '../signature.ts';

export const poolerSays: readonly Signature[] = [
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

export const poolMode: readonly Signature[] = [
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
