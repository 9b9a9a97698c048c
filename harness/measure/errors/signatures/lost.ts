/** Connections that Postgres ended, or that broke. Most say nothing of the statement under way. */
import { whole, type Signature } from '../signature.ts';

export const restarts: readonly Signature[] = [
  {
    family: 'server-restart',
    by: 'Postgres (57P03)',
    pattern: /database system is (starting up|shutting down|in recovery mode|not (yet )?accepting)/i,
    example: 'the database system is starting up',
    outcome: 'not-executed',
  },
  {
    family: 'sync-wait',
    by: 'Postgres',
    pattern: /canceling (the )?wait for synchronous replication/i,
    example: 'canceling wait for synchronous replication due to user request',
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
  {
    family: 'server-restart',
    by: 'Postgres (in its log)',
    pattern:
      /server process \(PID \d+\) (was terminated by|exited with)|terminating any other active server processes|all server processes terminated|database system (was interrupted|is shut down)/i,
    example: 'server process (PID 4711) was terminated by signal 9: Killed',
    note: 'Signal 9 is mostly the kernel, which ends what takes the last memory. All sessions end with that one.',
    causes: ['a session that crashed, or that the kernel ended for its memory', 'a shutdown'],
    nextStep: 'See the log before it, and that of the kernel (dmesg: oom-kill); then work_mem times sessions.',
  },
];

/** The driver knew that the connection was gone before it sent anything. */
const before = (by: string, pattern: RegExp, example: string): Signature => ({
  family: 'connection-lost',
  by,
  pattern,
  example,
  outcome: 'not-executed',
});

export const lostBefore: readonly Signature[] = [
  before('node-pg', /\bis not queryable/i, 'Client has encountered a connection error and is not queryable'),
  before('pgx', whole('conn closed'), 'conn closed'),
  before('pgjdbc', /This connection has been closed/i, 'This connection has been closed.'),
  before(
    'pgjdbc',
    /Connection has been closed automatically because/i,
    'Connection has been closed automatically because a new connection was opened',
  ),
  before(
    'Tomcat JDBC, psycopg 2',
    /(connection|cursor|PooledConnection) (has )?already (been )?closed/i,
    'connection already closed',
  ),
  before('HikariCP', /SQLException: Connection is closed/i, 'java.sql.SQLException: Connection is closed'),
  before(
    'HikariCP',
    /Failed to validate connection /i,
    'main - Failed to validate connection org.postgresql.jdbc.PgConnection@5b1f29fa (closed).',
  ),
  before(
    'Tomcat DBCP',
    /Connection \S+ is closed\.|Connection is null\./,
    'Connection org.postgresql.jdbc.PgConnection@6d1ef78d is closed.',
  ),
  before(
    'Tomcat JDBC, DBCP',
    /Failed to validate a newly|Validation Query Failed|lifetime of the connection .* exceeds/i,
    'Validation Query Failed, enable logValidationErrors for more details.',
  ),
  before('r2dbc-pool', /Validation timed out after/i, 'Validation timed out after 3000ms'),
  before(
    'c3p0',
    /cannot operate on a closed (Connection|Statement)|no resources tested acceptable/i,
    'You cannot operate on a closed Connection!',
  ),
  before('psycopg 3', whole('the (connection|cursor) is closed'), 'the connection is closed'),
  before(
    'asyncpg',
    /cannot perform operation: connection is closed|the underlying connection is closed/i,
    'cannot perform operation: connection is closed',
  ),
  before(
    'asyncpg',
    /InterfaceError(?:'>)?: connection is closed|has been released back to the pool/i,
    'InterfaceError: connection is closed',
  ),
  before(
    'Npgsql',
    /connection was previously broken because/i,
    'The connection was previously broken because of the following exception',
  ),
  before(
    'Npgsql',
    /InvalidOperationException: Connection is not open/i,
    'InvalidOperationException: Connection is not open',
  ),
  before('Ruby (pg)', /can't get socket descriptor/i, "PQsocket() can't get socket descriptor"),
  before('SQLAlchemy', /This Connection is closed/i, 'This Connection is closed'),
  before(
    'database/sql, lib/pq',
    /sql: connection is already closed|ListenerConn has been closed/i,
    'sql: connection is already closed',
  ),
  before('libpq', /no connection to the server/i, 'no connection to the server'),
  before(
    'deadpool',
    /occurred while recycling an object|could not be recycled|Failed to ping database/i,
    'Error occurred while recycling an object: Connection closed',
  ),
  before(
    'bb8',
    /connection was broken before it could be added/i,
    'The connection was broken before it could be added',
  ),
  before(
    'Ecto (DBConnection)',
    /connection is closed because of an error, disconnect or timeout/i,
    'connection is closed because of an error, disconnect or timeout',
  ),
];

const during = (by: string, pattern: RegExp, example: string): Signature => ({
  family: 'connection-lost',
  by,
  pattern,
  example,
});

const duringAny = (by: string, pattern: RegExp, example: string): Signature => ({
  ...during(by, pattern, example),
  ofAnySystem: true,
});

export const lost: readonly Signature[] = [
  {
    family: 'client-gone',
    by: 'Postgres (in its log)',
    pattern:
      /could not (receive data from|send data to) client|unexpected EOF on client connection|connection to client lost/i,
    example: 'could not receive data from client: Connection reset by peer',
  },
  {
    family: 'client-gone',
    by: 'Ecto (DBConnection)',
    pattern: /client #PID\S+ exited/i,
    example: 'client #PID<0.512.0> exited',
  },
  {
    family: 'client-timeout',
    by: 'Npgsql',
    pattern: /Timeout during (reading|writing) attempt/i,
    example: 'Exception while reading from stream ---> System.TimeoutException: Timeout during reading attempt',
  },
  during('node-pg', /Connection terminated/i, 'Connection terminated unexpectedly'),
  during('postgres.js', /\bCONNECTION_(CLOSED|DESTROYED)\b/, 'write CONNECTION_CLOSED 127.0.0.1:5432'),
  duringAny(
    'every driver',
    /ECONNRESET|EPIPE|broken pipe|connection reset|use of closed network connection/i,
    'read ECONNRESET',
  ),
  duringAny('Node, after it had connected', /ETIMEDOUT/, 'read ETIMEDOUT'),
  duringAny('Go', /(read|write) tcp .*i\/o timeout/i, 'read tcp 10.0.4.2:40312->10.0.0.5:5432: i/o timeout'),
  during('psycopg, libpq', /server closed the connection unexpectedly/i, 'server closed the connection unexpectedly'),
  during('libpq', /SSL SYSCALL error|SSL connection has been closed|SSL error: /i, 'SSL SYSCALL error: EOF detected'),
  during(
    'libpq',
    /could not (receive data from|send data to) server/i,
    'could not receive data from server: Connection timed out',
  ),
  during(
    'psycopg 3',
    /(consuming input|flushing|sending query( and params)?) failed|the connection is lost/i,
    'the connection is lost',
  ),
  duringAny('pgx, SQLx', /unexpected EOF|end of file|expected to read \d+ bytes/i, 'unexpected EOF'),
  during('pgx', /receive message failed|write failed: /i, 'receive message failed: unexpected end'),
  during(
    'JDBC',
    /An I\/O error occurred while sending to the backend/i,
    'An I/O error occurred while sending to the backend.',
  ),
  duringAny(
    'JDBC',
    /java\.io\.EOFException|SocketException: Socket closed|SocketTimeoutException: Read timed out|Database connection failed when/i,
    'java.net.SocketTimeoutException: Read timed out',
  ),
  during('c3p0', /PooledConnection died due to/i, '[c3p0] A PooledConnection died due to the following error!'),
  duringAny('r2dbc-postgresql', /Connection (unexpectedly )?closed/i, 'Connection unexpectedly closed'),
  during(
    'Npgsql',
    /Exception while (reading from|writing to) stream|Exception while sending a keepalive/i,
    'Exception while reading from stream',
  ),
  duringAny(
    'Npgsql (.NET)',
    /EndOfStreamException|read past the end of the stream/i,
    'System.IO.EndOfStreamException: Attempted to read past the end of the stream.',
  ),
  during(
    'Prisma (P1017)',
    /server (has closed|terminated) the connection|\bP1017\b/i,
    'Server has closed the connection.',
  ),
  during(
    'SQLx, tokio-postgres',
    /error communicating with (database|the server)/i,
    'error communicating with database: unknown reason',
  ),
  during(
    'SQLx',
    /crashed background worker|unknown message type: /i,
    'attempted to communicate with a crashed background worker',
  ),
  during(
    'asyncpg',
    /connection was closed in the middle of|unexpected connection_lost\(\)/i,
    'connection was closed in the middle of operation',
  ),
  during(
    'Vert.x',
    /Fail to read any response from the server/i,
    'Fail to read any response from the server, the underlying connection might get lost unexpectedly.',
  ),
  during('tokio-postgres, printed as Rust prints values', /\bkind: Closed\b/, 'Error { kind: Closed, cause: None }'),
  during('Ecto (Postgrex)', /\b(tcp|ssl) (async[_ ]recv|recv|send)\b.*: /i, 'tcp recv: closed'),
  during('database/sql', /driver: bad connection/i, 'driver: bad connection'),
  during(
    'lib/pq',
    /lost synchronization with server/i,
    "pq: lost synchronization with server: got message type 'D', length 1379",
  ),
];
