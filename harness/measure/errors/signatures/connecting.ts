/** Connections that were never made. Words are known only where they prove that it was the connecting that failed. */
import { whole, type Signature } from '../signature.ts';

const late = (by: string, pattern: RegExp, example: string): Signature => ({
  family: 'connect-timeout',
  by,
  pattern,
  example,
});

const refused = (by: string, pattern: RegExp, example: string): Signature => ({
  family: 'connect-refused',
  by,
  pattern,
  example,
});

/** The same words are said of a cache, a queue or an HTTP service that was dialled. */
const ofAnySystem = (signature: Signature): Signature => ({ ...signature, ofAnySystem: true });

/** The host's name leads to no address. */
export const unknownName =
  /ENOTFOUND|EAI_AGAIN|could not translate host name|no such host|lookup \S+ on \S+: server misbehaving|UnknownHostException|Name or service not known|nodename nor servname provided|Temporary failure in name resolution|:nxdomain/;

/** Before all that speaks of connections refused or lost: the reason is this machine's own. */
export const hostLimits: readonly Signature[] = [
  {
    family: 'host-limits',
    by: 'every driver (EADDRNOTAVAIL)',
    pattern: /cannot assign requested address|EADDRNOTAVAIL/i,
    example: 'dial tcp 10.0.0.5:5432: connect: cannot assign requested address',
    note: 'No local port is left: connections are opened and closed faster than the system forgets them.',
    causes: ['connections opened and closed for each request (MaxIdleConns 0, a pool per request), so ports run out'],
    nextStep:
      'Keep connections open: one pool per process, as many idle as are used; count sockets in TIME_WAIT on this ' +
      'machine.',
  },
  {
    family: 'host-limits',
    by: 'every driver (EMFILE), while it connects',
    pattern: /(dial|connect|accept|socket)\b.*(too many open files|EMFILE)/i,
    example: 'dial tcp 10.0.0.5:5432: socket: too many open files',
    causes: ['the process that says this has no file handle left: too many sockets, or files that are never closed'],
    nextStep: 'Raise the limit of open files (ulimit -n, LimitNOFILE) of that process, and see what holds them.',
  },
  {
    family: 'host-limits',
    by: 'Postgres',
    pattern: /could not (open|create) (file|directory|pipe).*too many open files/i,
    example: 'could not open file "base/16384/2619": Too many open files in system',
    outcome: 'rolled-back',
  },
];

export const connectTimeouts: readonly Signature[] = [
  late(
    'node-pg',
    /Connection terminated due to connection timeout/i,
    'Connection terminated due to connection timeout',
  ),
  late('asyncpg', /TimeoutError in asyncpg\/connect_utils\.py/, 'TimeoutError in asyncpg/connect_utils.py'),
  late('postgres.js', /\bCONNECT_TIMEOUT\b/, 'write CONNECT_TIMEOUT 127.0.0.1:5432'),
  late(
    'libpq, psycopg',
    /(connection|connection to server .*|could not connect to server.*|failed:) timeout expired/i,
    'connection to server at "db" (10.0.0.5), port 5432 failed: timeout expired',
  ),
  late('node-pg (a client of its own)', whole('timeout expired'), 'timeout expired'),
  late(
    'pgx',
    /failed to connect.*(deadline exceeded|i\/o timeout)/i,
    'failed to connect to `host=db user=app database=app`: dial error (timeout: dial tcp 10.0.0.5:5432: i/o timeout)',
  ),
  ofAnySystem(
    late(
      'Go',
      /dial (tcp|unix).*(i\/o timeout|connection timed out|deadline exceeded)|\blookup \S+: i\/o timeout/i,
      'dial tcp 10.0.0.5:5432: i/o timeout',
    ),
  ),
  ofAnySystem(
    late(
      'Python (asyncio, asyncpg)',
      /\[Errno (60|110)\] Connect call failed/,
      "TimeoutError: [Errno 110] Connect call failed ('10.0.0.5', 5432)",
    ),
  ),
  late('Npgsql', /Timeout during connection attempt/i, 'Timeout during connection attempt'),
  ofAnySystem(
    late(
      'JDBC',
      /connect timed out|Connection attempt timed out/i,
      'The connection attempt failed. java.net.SocketTimeoutException: connect timed out',
    ),
  ),
  ofAnySystem(late('Node, while it connects', /\bconnect ETIMEDOUT/, 'connect ETIMEDOUT 10.0.0.5:5432')),
  late(
    'libpq',
    /(connection to|connect to) .*failed: (Connection|Operation) timed out/i,
    'connection to server at "db", port 5432 failed: Connection timed out',
  ),
  late(
    'tokio-postgres, deadpool',
    /error connecting to server: .*timed out|Timeout occurred while creating a new object/i,
    'Timeout occurred while creating a new object',
  ),
  late('Ecto (Postgrex)', /(tcp|ssl) connect .*: timeout/i, 'tcp connect (10.0.0.5:5432): timeout'),
  late(
    'Prisma (P1002)',
    /was reached but timed out|Timed out when connecting to the database|\bP1002\b/,
    'The database server at `db`:`5432` was reached but timed out.',
  ),
  late('Postgres', /canceling authentication due to timeout/i, 'canceling authentication due to timeout'),
  late('Supavisor', /\(EAUTHTIMEOUT\)|timeout while waiting for message/i, 'timeout while waiting for message'),
];

export const connectRefused: readonly Signature[] = [
  ofAnySystem(
    refused('Node, libpq, pgx, JDBC', /ECONNREFUSED|connection refused/i, 'connect ECONNREFUSED 127.0.0.1:5432'),
  ),
  ofAnySystem(
    refused(
      'Python (asyncio, asyncpg)',
      /\bConnect call failed \(/,
      "[Errno 111] Connect call failed ('127.0.0.1', 5432)",
    ),
  ),
  refused('Prisma (P1001)', /Can't reach database server|\bP1001\b/i, "Can't reach database server at `db:5432`"),
  ofAnySystem({
    ...refused('every driver (DNS)', unknownName, 'getaddrinfo ENOTFOUND db.internal'),
    causes: ['the name of the host is wrong, or is not known where the service runs', 'DNS does not answer'],
    nextStep:
      'Ask for the name where the service runs (getent hosts NAME): a typing error, another network or namespace, or ' +
      'a resolver that is down or overloaded.',
  }),
  ofAnySystem(
    refused(
      'every driver (routing)',
      /(connect\w*|dial)\b.*(no route to host|network is unreachable|EHOSTUNREACH|ENETUNREACH)/i,
      'dial tcp 10.0.0.5:5432: connect: no route to host',
    ),
  ),
  refused(
    'libpq',
    /connection to server on socket .*failed: No such file/i,
    'connection to server on socket "/var/run/postgresql/.s.PGSQL.5432" failed: No such file or directory',
  ),
  refused(
    'pgjdbc',
    /Connection to \S+ refused|The connection attempt failed/i,
    'Connection to localhost:5432 refused. Check that the hostname and port are correct and that the postmaster is ' +
      'accepting TCP/IP connections.',
  ),
  refused(
    'c3p0',
    /could not be acquired from the underlying database|cannot acquire a new resource/i,
    'Connections could not be acquired from the underlying database!',
  ),
  refused('r2dbc-postgresql', /\bCannot connect to \S+[:/]\d+/i, 'Cannot connect to db.internal/10.0.0.5:5432'),
  refused('Npgsql', /Failed to connect to \S+:\d+|No suitable host was found/i, 'Failed to connect to 10.0.0.5:5432'),
  refused(
    'psycopg, asyncpg',
    /connection is bad|failed to resolve host|asynchronous connection failed|PQconnectdb\(\) failed/i,
    'connection is bad: no error details available',
  ),
  refused(
    'asyncpg',
    /None of the hosts match the target attribute/i,
    'None of the hosts match the target attribute requirement',
  ),
];
