/** Connections that were ended, broke, or were never made. */
import type { Signature } from '../signature.ts';

export const restarts: readonly Signature[] = [
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

export const lost: readonly Signature[] = [
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
