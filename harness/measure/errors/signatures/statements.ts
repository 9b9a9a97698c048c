/** Statements that were cancelled, refused or undone. */
import type { Signature } from '../signature.ts';

export const statements: readonly Signature[] = [
  {
    family: 'lock-timeout',
    by: 'Postgres (55P03)',
    pattern: /due to lock timeout|could not obtain lock on/i,
    example: 'canceling statement due to lock timeout',
  },
  {
    family: 'statement-timeout',
    by: 'Postgres (57014)',
    pattern: /canceling statement due to (statement timeout|user request|conflict)/i,
    example: 'canceling statement due to statement timeout',
  },
  { family: 'client-timeout', by: 'node-pg', pattern: /Query read timeout/i, example: 'Query read timeout' },
  {
    family: 'client-timeout',
    by: 'Go (pgx, database/sql)',
    pattern: /context deadline exceeded/i,
    example: 'context deadline exceeded',
  },
  {
    family: 'client-timeout',
    by: 'k6, HTTP clients',
    pattern: /request timeout|timeout: request|operation timed out|socket hang up/i,
    example: 'request timeout',
  },
  { family: 'deadlock', by: 'Postgres (40P01)', pattern: /deadlock detected/i, example: 'deadlock detected' },
  {
    family: 'serialization',
    by: 'Postgres (40001)',
    pattern: /could not serialize access/i,
    example: 'could not serialize access due to concurrent update',
  },
  {
    family: 'constraint',
    by: 'Postgres (23xxx)',
    pattern: /violates .*constraint|duplicate key value/i,
    example: 'duplicate key value violates unique constraint "jobs_key_key"',
  },
  {
    family: 'read-only',
    by: 'Postgres (25006)',
    pattern: /read-only transaction/i,
    example: 'cannot execute UPDATE in a read-only transaction',
  },
  {
    family: 'aborted',
    by: 'Postgres (25P02)',
    pattern: /current transaction is aborted/i,
    example: 'current transaction is aborted, commands ignored until end of transaction block',
  },
  {
    family: 'disk',
    by: 'Postgres (53100)',
    pattern: /No space left on device|could not extend file|disk full/i,
    example: 'could not extend file "base/16384/16397": No space left on device',
  },
  { family: 'memory', by: 'Postgres (53200)', pattern: /out of (shared )?memory/i, example: 'out of shared memory' },
  {
    family: 'auth',
    by: 'Postgres (28P01)',
    pattern:
      /password authentication failed|no pg_hba.conf entry|SASL authentication failed|role ".*" is not permitted/i,
    example: 'password authentication failed for user "app"',
  },
  {
    family: 'auth',
    by: 'PgBouncer (08P01, 28000)',
    pattern: /no such (user|database)|role ".*" does not exist|database ".*" does not exist/i,
    example: 'no such database: app',
  },
  {
    family: 'sql',
    by: 'Postgres (42xxx)',
    pattern: /(relation|column|function|type) .*does not exist|syntax error at|permission denied for/i,
    example: 'relation "jobs" does not exist',
  },
];
