import type { CheckContext, Checker } from '../checker.ts';
import { formatCount } from '../../measure/numbers-in-words.ts';
import type { LedgerOperation } from '../../load/ledger.ts';
import {
  difference,
  keysWith,
  operationsOf,
  possibleContents,
  rowsByKey,
  writtenTables,
  type Row,
  type WrittenTable,
} from '../writes.ts';

interface TableFindings {
  operation: string;
  asked: number;
  examined: number;
  present: number;
  missing: string[];
  different: string[];
}

const describe = (operation: LedgerOperation, row: Row, table: WrittenTable): string | null => {
  if (operation.id !== null && String(row['id']) !== operation.id)
    return `id is ${String(row['id'])}, ${operation.id} was acknowledged`;
  return difference(row, operation.content, table.columns);
};

/** Equal to any write that may have been the last one is equal; else the difference from the last acknowledged. */
const differs = (operations: readonly LedgerOperation[], row: Row, table: WrittenTable): string | null => {
  const differences = possibleContents(operations).map((operation) => describe(operation, row, table));
  return differences.includes(null) ? null : (differences.at(-1) ?? 'no write of this content was acknowledged');
};

const checkTable = async (context: CheckContext, table: WrittenTable): Promise<TableFindings> => {
  const operations = operationsOf(context, table);
  const groups = Map.groupBy(operations, ({ key }) => key);
  const keys = [...keysWith(operations, 'ok')];
  const rows = await rowsByKey(context, table, keys);
  const { operation } = table;
  const counts = { asked: groups.size, examined: keys.length, present: rows.size };
  const found: TableFindings = { operation, ...counts, missing: [], different: [] };
  for (const key of keys) {
    const row = rows.get(key);
    if (row === undefined) found.missing.push(`${table.table}: ${key} is missing`);
    else {
      const what = differs(groups.get(key) ?? [], row, table);
      if (what !== null) found.different.push(`${table.table}: ${key}: ${what}`);
    }
  }
  return found;
};

/** Three notes that are there say nothing of 5,000 jobs of which none was acknowledged. */
const unknownKinds = (found: readonly TableFindings[]): string | null => {
  const without = found.filter(({ asked, examined }) => asked > 0 && examined === 0);
  if (without.length === 0) return null;
  const words = without.map(
    ({ operation, asked }) => `none of ${formatCount(asked)} writes (${operation}) was acknowledged`,
  );
  return `${words.join(', ')}, so nothing is known of them`;
};

export const checker: Checker = {
  id: 'acknowledged-writes',
  title: 'Acknowledged writes are there and equal',
  invariant: 'I1',
  readsLedger: true,
  async check(context) {
    const found: TableFindings[] = [];
    for (const table of writtenTables) found.push(await checkTable(context, table));
    const missing = found.flatMap((one) => one.missing);
    const different = found.flatMap((one) => one.different);
    return {
      examined: found.reduce((total, { examined }) => total + examined, 0),
      violations: missing.length + different.length,
      reason:
        missing.length + different.length === 0
          ? 'every acknowledged write is there and equal'
          : `${missing.length} missing, ${different.length} different`,
      unknown: unknownKinds(found),
      examples: [...missing.slice(0, 3), ...different.slice(0, 3)],
      counts: Object.fromEntries(
        writtenTables.map(({ table }, index) => [`acknowledged ${table} present`, found[index]!.present]),
      ),
    };
  },
};
