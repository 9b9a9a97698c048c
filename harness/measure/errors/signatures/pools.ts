/** App pools, in any language, that have no connection to give. */
import { whole, type Signature } from '../signature.ts';

const busy = (by: string, pattern: RegExp, example: string): Signature => ({
  family: 'pool-wait',
  by,
  pattern,
  example,
});

/** What tells an empty pool from a busy one: a larger pool helps neither, but least of all this one. */
export const poolEmpty: readonly Signature[] = [
  {
    family: 'pool-empty',
    by: 'HikariCP',
    pattern: /Connection is not available, request timed out after .*\btotal=0\b/i,
    example:
      'HikariPool-1 - Connection is not available, request timed out after 30000ms (total=0, active=0, idle=0, ' +
      'waiting=7)',
    note: 'total=0: the pool held no connection at all. It was empty, not busy; its "Caused by" says why.',
  },
  {
    family: 'pool-empty',
    by: 'Tomcat JDBC',
    pattern: /Pool empty\. Unable to fetch a connection .*\[size:0;/i,
    example:
      '[exec-1] Timeout: Pool empty. Unable to fetch a connection in 30 seconds, none available[size:0; busy:0; ' +
      'idle:0; lastwait:30000].',
    note: 'size:0 tells it from a pool whose connections are all in use, which also says "Pool empty".',
  },
  {
    family: 'pool-empty',
    by: 'Druid',
    pattern: /\bwait millis \d+, active 0, maxActive \d+/,
    example: 'wait millis 60000, active 0, maxActive 100, creating 1, createElapseMillis 1633095',
    note: 'active 0: no connection was in use; the pool could not make one.',
  },
  {
    family: 'pool-empty',
    by: 'psycopg_pool',
    pattern: /pool initialization incomplete after/i,
    example: 'pool initialization incomplete after 30.0 sec',
  },
];

const jvm: readonly Signature[] = [
  busy(
    'HikariCP',
    /Connection is not available, request timed out after/i,
    'HikariPool-1 - Connection is not available, request timed out after 30000ms (total=10, active=10, ' +
      'idle=0, waiting=12)',
  ),
  busy(
    'HikariCP',
    /Interrupted during connection acquisition|pool is currently suspended/i,
    'HikariPool-1 - Interrupted during connection acquisition',
  ),
  busy(
    'Tomcat JDBC',
    /Pool empty\. Unable to fetch a connection|Pool wait interrupted/i,
    '[exec-1] Timeout: Pool empty. Unable to fetch a connection in 30 seconds, none available[size:50; busy:50; ' +
      'idle:0; lastwait:30000].',
  ),
  busy(
    'c3p0',
    /attempt by a client to checkout a Connection has timed out|waiting to acquire a resource from/i,
    'An attempt by a client to checkout a Connection has timed out.',
  ),
  busy(
    'r2dbc-pool',
    /Connection acquisition timed out after|Pool#acquire\(Duration\) has been pending/i,
    'Connection acquisition timed out after 5000ms',
  ),
  busy(
    'r2dbc-pool (reactor-pool)',
    /Pending acquire queue has reached its maximum size/i,
    'Pending acquire queue has reached its maximum size of 200',
  ),
  busy('Druid', /\bwait millis \d+, active \d+/, 'wait millis 60000, active 50, maxActive 50, creating 0'),
  {
    ...busy(
      'Agroal (Quarkus, Keycloak)',
      /Acquisition timeout while waiting for new connection|Sorry, acquisition timeout/i,
      'Acquisition timeout while waiting for new connection',
    ),
    note: 'Agroal says the same whether its connections are in use or none can be made: look for refused logins too.',
  },
  busy(
    'IronJacamar (WildFly)',
    /No managed connections available within/i,
    'IJ000655: No managed connections available within configured blocking timeout (30000 [ms])',
  ),
  busy('Vert.x', /Connection pool reached max wait queue size/i, 'Connection pool reached max wait queue size of 128'),
  busy(
    'Commons DBCP, Tomcat DBCP',
    /Cannot get a connection, (pool|general) error/i,
    'Cannot get a connection, pool error Timeout waiting for idle object',
  ),
];

const rust: readonly Signature[] = [
  busy(
    'SQLx',
    /pool timed out while waiting for an open connection/i,
    'pool timed out while waiting for an open connection',
  ),
  busy('r2d2', /timed out waiting for connection\s*$/i, 'timed out waiting for connection'),
  busy(
    'deadpool',
    /Timeout occurred while waiting for (a slot|an object) to become available/i,
    'Timeout occurred while waiting for a slot to become available',
  ),
  busy('bb8', /timed out in bb8/i, 'Timed out in bb8'),
  busy('SQLx and deadpool, printed as Rust prints values', /\bPoolTimedOut\b|\bTimeout\(Wait\)/, 'PoolTimedOut'),
];

const node: readonly Signature[] = [
  busy('node-pg (pg-pool)', /timeout exceeded when trying to connect/i, 'timeout exceeded when trying to connect'),
  busy(
    'Prisma (P2024)',
    /Timed out fetching a (new )?connection from the (connection )?pool|\bP2024\b/i,
    'Timed out fetching a new connection from the connection pool. (Current connection pool timeout: 10, ' +
      'connection limit: 5)',
  ),
  busy(
    'Prisma (P2028)',
    /Unable to start a transaction in the given time/i,
    'Transaction API error: Unable to start a transaction in the given time.',
  ),
  busy(
    'Sequelize',
    /ConnectionAcquireTimeoutError|ResourceRequest timed out/i,
    'SequelizeConnectionAcquireTimeoutError: Operation timeout',
  ),
  busy(
    'Knex',
    /Timeout acquiring a connection/i,
    'Knex: Timeout acquiring a connection. The pool is probably full. Are you missing a .transacting(trx) call?',
  ),
];

const others: readonly Signature[] = [
  busy('psycopg_pool', /couldn't get a connection after/i, "couldn't get a connection after 30.00 sec"),
  busy(
    'psycopg_pool',
    /the pool .* has already \d+ requests waiting/i,
    "the pool 'pool-1' has already 100 requests waiting",
  ),
  busy('asyncpg', /TimeoutError in (?:asyncpg|aiopg)\/pool\.py/, 'TimeoutError in asyncpg/pool.py'),
  busy('psycopg 2', whole('connection pool exhausted'), 'connection pool exhausted'),
  busy(
    'SQLAlchemy',
    /QueuePool limit of size \d+ overflow/i,
    'QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00',
  ),
  busy(
    'Npgsql',
    /connection pool has been exhausted/i,
    "The connection pool has been exhausted, either raise 'Max Pool Size' (currently 100) or 'Timeout' " +
      '(currently 15 seconds) in your connection string.',
  ),
  busy(
    'ActiveRecord',
    /could not obtain a connection from the pool within/i,
    'could not obtain a connection from the pool within 5.000 seconds (waited 5.001 seconds); all pooled ' +
      'connections were in use',
  ),
  busy(
    'ActiveRecord',
    /could not obtain ownership of all database connections/i,
    'could not obtain ownership of all database connections in 5 seconds',
  ),
  busy(
    'connection_pool (Ruby)',
    /\bConnectionPool::TimeoutError\b|\bWaited [\d.]+ sec, \d+\/\d+ available/,
    'Waited 5.0 sec, 0/5 available (ConnectionPool::TimeoutError)',
  ),
  busy(
    'crystal-db, BoneCP',
    /\bDB::PoolTimeout\b|Timed out waiting for a free available connection/i,
    'DB::PoolTimeout: Could not check out a connection in 5.0 seconds',
  ),
  busy('Sequel', /Sequel::PoolTimeout\b/, 'Sequel::PoolTimeout: timeout: 5.0, elapsed: 5.000164173'),
  busy(
    'Peewee',
    /Max connections exceeded, timed out attempting to connect/i,
    'Max connections exceeded, timed out attempting to connect.',
  ),
  {
    ...busy(
      'Go, around pgxpool or database/sql',
      /\b(acquir|obtain|check ?out|get)\w* (a |the |new |db |database |pool )*conn(ection)?s?\b.{0,40}(context deadline exceeded|context canceled)|\bacquire: context (deadline exceeded|canceled)/i,
      'failed to acquire connection: context deadline exceeded',
    ),
    note: 'Known by the words before it: a bare "context deadline exceeded" does not tell what was waited for.',
  },
  busy(
    'Ecto (DBConnection)',
    /connection not available and (request was dropped from queue|queuing is disabled)/i,
    'connection not available and request was dropped from queue after 1012ms',
  ),
  busy('the reference service', /ErrPoolSaturated|pool saturated/i, 'ErrPoolSaturated: 37 of 37 connections in use'),
];

export const poolWait: readonly Signature[] = [...jvm, ...rust, ...node, ...others];
