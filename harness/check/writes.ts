/** What the checkers of written rows share: which table holds which operation, and the rows of a set of keys. */
import type { CheckContext } from './checker.ts';
import type { LedgerOperation } from '../load/ledger.ts';

export interface WrittenTable {
  operation: string;
  table: 'jobs' | 'notes';
  /** The column of each content field. */
  columns: Readonly<Record<string, string>>;
}

export const writtenJobs: WrittenTable = {
  operation: 'createJob',
  table: 'jobs',
  columns: { tenant: 'tenant_id', title: 'title', pages: 'pages', payload: 'payload' },
};

export const writtenTables: readonly WrittenTable[] = [
  writtenJobs,
  { operation: 'putNote', table: 'notes', columns: { tenant: 'tenant_id', body: 'body' } },
];

export type Row = Record<string, unknown> & { key: string };

/** Keys per query: one array parameter of some 200 kB. */
const keysPerQuery = 10_000;

/** The keys in lists of which each is one query's. */
export const keysByQuery = (keys: readonly string[]): string[][] =>
  Array.from({ length: Math.ceil(keys.length / keysPerQuery) }, (_, index) =>
    keys.slice(index * keysPerQuery, (index + 1) * keysPerQuery),
  );

/** A table that is gone holds nothing: a crash that took its creation took all that was acknowledged since. */
const noneIfTableIsGone = (error: unknown): Row[] => {
  if ((error as { code?: unknown } | null)?.code === '42P01') return [];
  throw error;
};

/** Rows of these keys, by key. */
export const rowsByKey = async (
  { query }: CheckContext,
  { table, columns }: WrittenTable,
  keys: readonly string[],
): Promise<Map<string, Row>> => {
  const rows = new Map<string, Row>();
  const selected = ['key', 'id', ...Object.values(columns)].join(', ');
  const statement = `SELECT ${selected} FROM ${table} WHERE key = ANY($1)`;
  for (const some of keysByQuery(keys))
    for (const row of await query<Row>(statement, [some]).catch(noneIfTableIsGone)) rows.set(row.key, row);
  return rows;
};

/** Keys of what a scenario's own SQL steps put there: no load ever writes one. */
const planted = 'planted-';

/** Keys of one page: some megabytes. */
const keysPerPage = 50_000;

/** Every key of the table that a load may have written, in pages, so that memory holds one page. */
export async function* keysOf({ query }: CheckContext, { table }: WrittenTable): AsyncGenerator<string[]> {
  const nextKeys = `SELECT key FROM ${table} WHERE key > $1 ORDER BY key LIMIT ${keysPerPage}`;
  let last = '';
  for (;;) {
    const page = await query<{ key: string }>(nextKeys, [last]);
    if (page.length === 0) return;
    yield page.map(({ key }) => key).filter((key) => !key.startsWith(planted));
    last = page.at(-1)!.key;
  }
}

export const operationsOf = ({ ledger }: CheckContext, { operation }: WrittenTable): LedgerOperation[] =>
  ledger.operations.filter((one) => one.operation === operation);

/** Keys by their best outcome: an acknowledged attempt beats an unknown one, that beats a failed one. */
export const keysWith = (operations: readonly LedgerOperation[], outcome: LedgerOperation['outcome']): Set<string> => {
  const worth = { ok: 2, unknown: 1, fail: 0 };
  const best = new Map<string, LedgerOperation['outcome']>();
  for (const one of operations) {
    const known = best.get(one.key);
    if (known === undefined || worth[one.outcome] > worth[known]) best.set(one.key, one.outcome);
  }
  return new Set([...best].filter(([, found]) => found === outcome).map(([key]) => key));
};

/**
 * Writes whose content a row may hold: those not surely overwritten by a later acknowledged one.
 * A failed write may hold nothing; an unknown one may have happened at any later time.
 */
export const possibleContents = (operations: readonly LedgerOperation[]): LedgerOperation[] => {
  const acknowledged = operations.filter(({ outcome }) => outcome === 'ok');
  return operations.filter((one) => {
    if (one.outcome === 'fail') return false;
    if (one.outcome === 'unknown' || one.completedAtMs === null) return true;
    return !acknowledged.some((later) => later !== one && later.invokedAtMs > one.completedAtMs!);
  });
};

/** First field in which the row differs from what was asked for; null if it is equal. */
export const difference = (
  row: Row,
  content: LedgerOperation['content'],
  columns: WrittenTable['columns'],
): string | null => {
  for (const [field, wanted] of Object.entries(content)) {
    const column = columns[field];
    if (column === undefined) continue;
    const found = row[column];
    if (String(found ?? '') !== String(wanted ?? ''))
      return `${column} is ${JSON.stringify(found)}, asked for ${JSON.stringify(wanted)}`;
  }
  return null;
};
