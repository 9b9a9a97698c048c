import type { Checker } from '../checker.ts';
import { ask } from '../questions.ts';

export const checker: Checker = {
  id: 'durable-tables',
  title: 'No table that a crash would empty',
  invariant: 'I14',
  check: ({ query }) =>
    ask(query, {
      examined:
        'SELECT count(*) AS examined FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace ' +
        "WHERE relkind IN ('r', 'p') AND nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')",
      violations: `SELECT relname || ' is unlogged' AS what FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r'`,
      none: 'every table is logged',
    }),
};
