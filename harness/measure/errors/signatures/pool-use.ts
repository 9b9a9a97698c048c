/** App pools that are closed or leak, and connections that two use at once: what the program does wrong. */
import { whole, type Signature } from '../signature.ts';

const closed = (by: string, pattern: RegExp, example: string): Signature => ({
  family: 'pool-closed',
  by,
  pattern,
  example,
});

export const poolClosed: readonly Signature[] = [
  closed(
    'node-pg (pg-pool)',
    /Cannot use a pool after calling end on the pool/i,
    'Cannot use a pool after calling end on the pool',
  ),
  closed('postgres.js', /\bCONNECTION_ENDED\b/, 'write CONNECTION_ENDED 127.0.0.1:5432'),
  closed('Npgsql, Prisma', /connection pool has been (shut down|closed)/i, 'The connection pool has been shut down.'),
  closed('deadpool, reactor-pool', whole('pool has been (closed|shut down)'), 'Pool has been closed'),
  closed(
    'SQLx',
    /attempted to acquire a connection on a closed pool/i,
    'attempted to acquire a connection on a closed pool',
  ),
  closed('pgxpool (puddle)', whole('closed pool'), 'closed pool'),
  closed('database/sql', /sql: database is closed/i, 'sql: database is closed'),
  closed('psycopg_pool', /the pool .* is (already closed|not open yet)/i, "the pool 'pool-1' is already closed"),
  closed(
    'asyncpg, psycopg 2',
    whole('(connection )?pool is (closed|closing|not initialized)'),
    'connection pool is closed',
  ),
  closed(
    'HikariCP',
    /HikariDataSource .*has been closed/i,
    'HikariDataSource HikariDataSource (main) has been closed.',
  ),
  closed(
    'c3p0',
    /has been closed\(\) -- you can no longer use it/i,
    'ComboPooledDataSource[ 2x7 ] has been closed() -- you can no longer use it.',
  ),
  closed('Tomcat JDBC', whole('connection pool closed'), 'Connection pool closed.'),
  closed('pgjdbc, DBCP', whole('Data ?Source (has been|is) closed'), 'Data source is closed'),
];

const busy = (by: string, pattern: RegExp, example: string): Signature => ({
  family: 'connection-busy',
  by,
  pattern,
  example,
});

export const connectionBusy: readonly Signature[] = [
  busy(
    'asyncpg',
    /cannot perform operation: another operation is (in progress|cancelling)/i,
    'cannot perform operation: another operation is in progress',
  ),
  busy('pgx', whole('conn busy'), 'conn busy'),
  busy(
    'SQLAlchemy (asyncio)',
    /concurrent operations are not permitted/i,
    'This session is provisioning a new connection; concurrent operations are not permitted',
  ),
  {
    ...busy(
      'asyncpg',
      /got result for unknown protocol state/i,
      'InternalClientError: got result for unknown protocol state 3',
    ),
    outcome: 'unknown',
    note: 'Most often one connection in two tasks at once, or one that was made before a fork.',
  },
  busy('libpq', /another command is already in progress/i, 'another command is already in progress'),
  busy(
    'Npgsql',
    /A (command|transaction) is already in progress|InvalidOperationException: Connection is busy/i,
    'A command is already in progress: SELECT 1',
  ),
  busy(
    'psycopg 2',
    /a single async query can be executed on the same connection/i,
    'a single async query can be executed on the same connection',
  ),
  busy('lib/pq', /two queries running at the same time/i, 'pq: two queries running at the same time'),
  busy(
    'node-pg',
    /Client has already been connected/i,
    'Client has already been connected. You cannot reuse a client.',
  ),
  busy('postgres.js', /\bCOPY_IN_PROGRESS\b/, 'COPY_IN_PROGRESS: You cannot execute queries during copy'),
  {
    ...busy(
      'psycopg 2',
      /with status PGRES_TUPLES_OK and no message from the libpq/i,
      'error with status PGRES_TUPLES_OK and no message from the libpq',
    ),
    outcome: 'unknown',
    note: 'Most often a connection that was made before a fork: two processes read from one socket.',
  },
  busy(
    'Django',
    /objects created in a thread can only be used in that same thread/i,
    'DatabaseWrapper objects created in a thread can only be used in that same thread.',
  ),
  {
    ...busy(
      'node-pg, psycopg 2',
      /client which has already been released to the pool|trying to put unkeyed connection/i,
      'Release called on client which has already been released to the pool.',
    ),
    outcome: 'unknown',
    note: 'Said when a connection is given back: whatever ran on it before has ended, well or not.',
  },
];

export const poolLeaks: readonly Signature[] = [
  {
    family: 'pool-leak',
    by: 'HikariCP',
    pattern: /connection leak detect/i,
    example: 'Apparent connection leak detected',
  },
  {
    family: 'pool-leak',
    by: 'Tomcat JDBC',
    pattern: /Connection has been (abandoned|marked suspect, possibly abandoned)/i,
    example: 'Connection has been abandoned PooledConnection[org.postgresql.jdbc.PgConnection@6d1ef78d]',
  },
];
