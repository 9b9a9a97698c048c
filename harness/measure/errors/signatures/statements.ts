/** Statements that were cancelled, refused or undone. */
import { whole, type Signature } from '../signature.ts';
import { resources } from './resources.ts';

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

/** A standby ends what reads rows that it must remove to follow its primary. */
const standby: readonly Signature[] = [
  {
    family: 'serialization',
    by: 'Postgres, a standby (40001)',
    pattern: /due to conflict with recovery/i,
    example: 'canceling statement due to conflict with recovery',
    note: 'No time-out and no other transaction: the standby could not wait any longer to follow its primary.',
    causes: ['a query on a standby that reads what replay has to remove or change (max_standby_streaming_delay)'],
    nextStep:
      'Repeat it, on the primary where it takes long; raise max_standby_streaming_delay, or use hot_standby_feedback.',
  },
];

const cancelled: readonly Signature[] = [
  {
    family: 'statement-timeout',
    by: 'Postgres (57014)',
    pattern: /canceling (statement due to (statement timeout|user request)|autovacuum task)/i,
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
    pattern: /read-only transaction|cannot execute .+ during recovery|cannot set transaction read-write mode/i,
    example: 'cannot execute UPDATE in a read-only transaction',
  },
  {
    family: 'read-only',
    by: 'libpq, lib/pq (target_session_attrs)',
    pattern: /session is (read-only|not read-write)|could not find a "?read-write"? server/i,
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
    by: 'Postgres (42704)',
    pattern: /unrecognized configuration parameter/i,
    example: 'unrecognized configuration parameter "app.tenant"',
    causes: ['a setting that was made on another session (SET behind a pooler in transaction mode)', 'a wrong name'],
    nextStep: 'Set it with SET LOCAL in the same transaction, or ask for it by current_setting(name, true).',
  },
  {
    family: 'sql',
    by: 'Postgres (22xxx, 54001)',
    pattern:
      /value too long for type|invalid input syntax for|invalid input value for|division by zero|out of range for type|stack depth limit exceeded/i,
    example: 'value too long for type character varying(10)',
    causes: ['a value that does not fit the column or the function'],
    nextStep: "See the statement's values; no connection or pool has to do with it.",
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

export const statements: readonly Signature[] = [
  ...standby,
  ...locks,
  ...cancelled,
  ...refused,
  ...wrong,
  ...resources,
];
