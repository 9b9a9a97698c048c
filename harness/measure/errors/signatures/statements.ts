/** Statements that were cancelled, refused or undone. */
import { whole, type Signature } from '../signature.ts';

const locks: readonly Signature[] = [
  {
    family: 'lock-timeout',
    by: 'Postgres (log_lock_waits)',
    pattern: /still waiting for \w+Lock on/,
    example: 'process 4711 still waiting for AccessShareLock on relation 16402 of database 16384 after 1000.214 ms',
    outcome: 'not-executed',
    outcomeWords: 'it has not run yet: it waits, and runs as soon as it gets the lock; do not send it again meanwhile',
    note:
      'A wait, no error. The DETAIL line beside it names the process that holds the lock, and the queue: the first ' +
      'in it blocks all behind.',
  },
  {
    family: 'lock-timeout',
    by: 'Postgres (55P03)',
    pattern: /due to lock timeout|could not obtain lock on/i,
    example: 'canceling statement due to lock timeout',
  },
  {
    family: 'lock-timeout',
    by: 'other databases and locks',
    pattern: /lock wait timeout/i,
    example: 'Lock wait timeout exceeded; try restarting transaction',
    outcome: 'unknown',
    note: "Not Postgres' words: whether the rest of the transaction was undone is not known.",
  },
  { family: 'deadlock', by: 'Postgres (40P01)', pattern: /deadlock detected/i, example: 'deadlock detected' },
  {
    family: 'deadlock',
    by: 'Prisma (P2034)',
    pattern: /failed due to a write conflict or a deadlock|\bP2034\b/,
    example: 'Transaction failed due to a write conflict or a deadlock. Please retry your transaction',
  },
  {
    family: 'serialization',
    by: 'Postgres (40001)',
    pattern: /could not serialize access/i,
    example: 'could not serialize access due to concurrent update',
  },
];

const cancelled: readonly Signature[] = [
  {
    family: 'statement-timeout',
    by: 'Postgres (57014)',
    pattern: /canceling (statement due to (statement timeout|user request|conflict)|autovacuum task)/i,
    example: 'canceling statement due to statement timeout',
  },
  {
    family: 'client-timeout',
    by: 'asyncpg',
    pattern: /TimeoutError in asyncpg\/(?:connection|prepared_stmt|cursor|transaction)\.py/,
    example: 'TimeoutError in asyncpg/connection.py',
  },
  { family: 'client-timeout', by: 'node-pg', pattern: /Query read timeout/i, example: 'Query read timeout' },
  {
    family: 'client-timeout',
    by: 'pgx',
    pattern: /context already done: /i,
    example: 'timeout: context already done: context deadline exceeded',
    outcome: 'not-executed',
    note: 'The time was over before the statement was sent.',
  },
  {
    family: 'client-timeout',
    by: 'Prisma (P2028)',
    pattern: /Transaction already closed: /i,
    example: 'Transaction API error: Transaction already closed: A query cannot be executed on an expired transaction.',
    outcome: 'rolled-back',
  },
  {
    family: 'client-timeout',
    by: 'Prisma (P1008)',
    pattern: /Operations timed out after|Timed out during query execution|\bP1008\b/,
    example: 'Operations timed out after `5s`. Context: query',
  },
  {
    family: 'client-timeout',
    by: 'Ecto (DBConnection)',
    pattern: /timed out because it (queued and )?(checked out|owned) the connection/i,
    example: 'client #PID<0.512.0> timed out because it queued and checked out the connection for longer than 15000ms',
  },
  {
    family: 'client-timeout',
    by: 'Neon, Npgsql, tokio-postgres',
    pattern: /\bquery was cancelled|timeout waiting for server/i,
    example: 'Query was cancelled',
  },
];

const refused: readonly Signature[] = [
  {
    family: 'constraint',
    by: 'Postgres (23xxx)',
    pattern: /violates .*constraint|duplicate key value/i,
    example: 'duplicate key value violates unique constraint "jobs_key_key"',
  },
  {
    family: 'constraint',
    by: 'Prisma (P2002, P2003, P2011)',
    pattern: /(Unique|Foreign key) constraint failed on|Null constraint violation on|\bP20(02|03|11)\b/,
    example: 'Unique constraint failed on the fields: (`email`)',
  },
  {
    family: 'read-only',
    by: 'Postgres (25006)',
    pattern: /read-only transaction/i,
    example: 'cannot execute UPDATE in a read-only transaction',
  },
  {
    family: 'read-only',
    by: 'libpq, lib/pq (target_session_attrs)',
    pattern: /session is read-only/i,
    example: 'connection to server at "db", port 5432 failed: session is read-only',
    outcome: 'not-executed',
  },
  {
    family: 'aborted',
    by: 'Postgres (25P02)',
    pattern: /current transaction is aborted|could not complete operation in a failed transaction/i,
    example: 'current transaction is aborted, commands ignored until end of transaction block',
  },
  {
    family: 'aborted',
    by: 'Django, SQLAlchemy, Ecto, pgx',
    pattern:
      /error occurred in the current transaction|until invalid transaction is rolled back|unexpectedly resulted in rollback/i,
    example:
      "An error occurred in the current transaction. You can't execute queries until the end of the 'atomic' block.",
  },
  {
    family: 'aborted',
    by: 'Ecto (DBConnection)',
    pattern: whole('transaction rolling back'),
    example: 'transaction rolling back',
  },
  {
    family: 'aborted',
    by: 'psycopg 3',
    pattern: whole('pipeline aborted'),
    example: 'pipeline aborted',
    outcome: 'not-executed',
  },
  {
    family: 'aborted',
    by: 'pgx, database/sql',
    pattern: /\btx is closed|transaction has already been committed or rolled back/i,
    example: 'sql: transaction has already been committed or rolled back',
    outcome: 'unknown',
    note: 'The transaction had ended before, and this does not say how.',
  },
];

const wrong: readonly Signature[] = [
  {
    family: 'sql',
    by: 'Postgres (42xxx)',
    pattern: /(relation|column|function|type|schema|operator) .*does not exist|syntax error at|permission denied for/i,
    example: 'relation "jobs" does not exist',
  },
  {
    family: 'sql',
    by: 'Postgres',
    pattern: /cannot insert multiple commands into a prepared statement|cannot run inside a transaction block/i,
    example: 'CREATE INDEX CONCURRENTLY cannot run inside a transaction block',
  },
  {
    family: 'sql',
    by: 'Prisma (P2021, P2022)',
    pattern: /does not exist in the current database|\bP202[12]\b/,
    example: 'The table `public.jobs` does not exist in the current database.',
  },
  {
    family: 'sql',
    by: 'postgres.js, pgjdbc, Django (in the client)',
    pattern:
      /\b(UNDEFINED_VALUE|UNSAFE_TRANSACTION|MAX_PARAMETERS_EXCEEDED)\b|Unable to bind parameter values|forbidden when an 'atomic' block/,
    example: 'UNDEFINED_VALUE: Undefined values are not allowed',
    outcome: 'not-executed',
  },
];

const resources: readonly Signature[] = [
  {
    family: 'disk',
    by: 'Postgres (53100)',
    pattern: /could not (extend|write( to)?) (temporary )?file .*(No space left|wrote only)|could not extend file/i,
    example: 'could not extend file "base/16384/16397": No space left on device',
    note: 'As ERROR the transaction is undone; as PANIC the server went down, and a COMMIT under way is unknown.',
  },
  {
    family: 'memory',
    by: 'Postgres (53200)',
    pattern: /out of shared memory/i,
    example: 'out of shared memory',
  },
  {
    family: 'memory',
    by: 'Postgres (53100)',
    pattern: /could not resize shared memory segment/i,
    example: 'could not resize shared memory segment "/PostgreSQL.1234" to 8388608 bytes: No space left on device',
    note: 'The memory of parallel workers in /dev/shm, and no disk: containers have 64 MB of it unless told otherwise.',
  },
  {
    family: 'memory',
    by: 'pgjdbc',
    pattern: /Ran out of memory retrieving query results/i,
    example: 'Ran out of memory retrieving query results.',
    outcome: 'unknown',
    note: "The client's memory: the statement had run.",
  },
];

export const statements: readonly Signature[] = [...locks, ...cancelled, ...refused, ...wrong, ...resources];
