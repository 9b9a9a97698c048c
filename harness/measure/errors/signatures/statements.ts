/** Statements that were cancelled, refused or undone. */
import { whole, type Signature } from '../signature.ts';
import { resources } from './resources.ts';
import { wrongStatements } from './wrong-statements.ts';

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
    pattern: /could not serialize access|moved to another partition due to concurrent/i,
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
  {
    family: 'client-timeout',
    by: 'r2dbc',
    pattern: /R2dbcTimeoutException: Statement execution timed out/,
    example: 'io.r2dbc.spi.R2dbcTimeoutException: Statement execution timed out',
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
    pattern:
      /read-only transaction|cannot execute .+ during recovery|cannot set transaction read-write mode|while recovery is in progress/i,
    example: 'cannot execute UPDATE in a read-only transaction',
  },
  {
    family: 'read-only',
    by: 'Postgres (54000)',
    pattern: /not accepting commands (that assign new .+ )?to avoid wraparound/i,
    example: 'database is not accepting commands to avoid wraparound data loss in database "app"',
    causes: ['transaction numbers are used up: VACUUM was held back by an old transaction, a slot, or was turned off'],
    nextStep:
      'End what holds the oldest number back (pg_stat_activity, pg_prepared_xacts, pg_replication_slots), then ' +
      'VACUUM the tables of the highest age(relfrozenxid).',
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

export const statements: readonly Signature[] = [
  ...standby,
  ...locks,
  ...cancelled,
  ...refused,
  ...wrongStatements,
  ...resources,
];
