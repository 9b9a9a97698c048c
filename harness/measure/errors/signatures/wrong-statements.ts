/** Statements that are wrong here: a missing table, a value that does not fit. */
import type { Signature } from '../signature.ts';

export const wrongStatements: readonly Signature[] = [
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
      /value too long for type|invalid input syntax for|invalid input value for|division by zero|integer out of range|out of range for type|stack depth limit/i,
    example: 'value too long for type character varying(10)',
    causes: ['a value that does not fit the column or the function'],
    nextStep: "See the statement's values; no connection or pool has to do with it.",
  },
  {
    family: 'sql',
    by: 'Postgres (2200H)',
    pattern: /nextval: reached (maximum|minimum) value of sequence/i,
    example: 'nextval: reached maximum value of sequence "orders_id_seq" (2147483647)',
    causes: ['a sequence, mostly of an integer column, whose numbers are used up'],
    nextStep: 'Make the column and its sequence bigint; until then nothing can be inserted.',
  },
  {
    family: 'sql',
    by: 'Postgres',
    pattern:
      /matching the ON CONFLICT|ON CONFLICT DO UPDATE command cannot|missing FROM-clause|reference ".*" is ambiguous/i,
    example: 'there is no unique or exclusion constraint matching the ON CONFLICT specification',
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
