import type { CheckContext, Checker } from '../checker.ts';
import { keysOf, operationsOf, writtenTables, type WrittenTable } from '../writes.ts';

const checkTable = async (
  context: CheckContext,
  table: WrittenTable,
): Promise<{ examined: number; unexpected: string[]; count: number }> => {
  const attempted = new Set(operationsOf(context, table).map(({ key }) => key));
  const refused = new Set(
    operationsOf(context, table)
      .filter(({ outcome }) => outcome === 'fail')
      .map(({ key }) => key),
  );
  const found = { examined: 0, unexpected: [] as string[], count: 0 };
  for await (const keys of keysOf(context, table)) {
    found.examined += keys.length;
    for (const key of keys) {
      if (attempted.has(key) && !refused.has(key)) continue;
      found.count += 1;
      const why = attempted.has(key) ? 'was said to have failed, and is there' : 'was never asked for';
      if (found.unexpected.length < 3) found.unexpected.push(`${table.table}: ${key} ${why}`);
    }
  }
  return found;
};

export const checker: Checker = {
  id: 'unattempted-writes',
  title: 'Nothing is there that was never asked for, or was refused',
  invariant: 'I2',
  readsLedger: true,
  async check(context) {
    const found = [];
    for (const table of writtenTables) found.push(await checkTable(context, table));
    const violations = found.reduce((total, { count }) => total + count, 0);
    return {
      examined: found.reduce((total, { examined }) => total + examined, 0),
      violations,
      reason: violations === 0 ? 'every row was asked for' : `${violations} rows from nowhere`,
      examples: found.flatMap(({ unexpected }) => unexpected),
    };
  },
};
