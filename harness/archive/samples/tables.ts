/** The two tables of numbers on disk, raw while a run lasts and Parquet after it, through DuckDB. */
import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';

export interface Table {
  name: 'samples' | 'histograms';
  columns: Record<string, string>;
}

/** `t`: ms from the run's start; `series`: id in series.ndjson. */
export const samplesTable: Table = { name: 'samples', columns: { t: 'INTEGER', series: 'INTEGER', value: 'DOUBLE' } };

/** `counts`: bucket counts from index `first` on, joined by "|", zeros left out ("5||2"). */
export const histogramsTable: Table = {
  name: 'histograms',
  columns: {
    t: 'INTEGER',
    series: 'INTEGER',
    scale: 'INTEGER',
    zeros: 'DOUBLE',
    count: 'DOUBLE',
    sum: 'DOUBLE',
    min: 'DOUBLE',
    max: 'DOUBLE',
    first: 'INTEGER',
    counts: 'VARCHAR',
  },
};

export const tables: readonly Table[] = [samplesTable, histogramsTable];
export const rawFile = (folder: string, { name }: Table): string => path.join(folder, `${name}.csv`);
const parquetFile = (folder: string, { name }: Table): string => path.join(folder, `${name}.parquet`);

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const readRaw = (file: string, { columns }: Table): string => {
  const types = Object.entries(columns)
    .map(([name, type]) => `${quoted(name)}: ${quoted(type)}`)
    .join(', ');
  const options = `auto_detect = false, header = false, delim = ',', quote = '"', ignore_errors = true`;
  return `read_csv(${quoted(file)}, ${options}, columns = {${types}})`;
};

const readParquet = (file: string): string => `read_parquet(${quoted(file)})`;

/**
 * An SQL source of the table's rows, in the order written (raw) or by series and time; null if there are none.
 * `wholeRows` says how many of them are to be believed: where a kill has torn the last line, what is left of it may
 * look like a row.
 */
export const sourceOf = (folder: string, table: Table): { sql: string; wholeRows: number } | null => {
  const parquet = parquetFile(folder, table);
  if (existsSync(parquet)) return { sql: readParquet(parquet), wholeRows: Infinity };
  const raw = rawFile(folder, table);
  return existsSync(raw) ? { sql: readRaw(raw, table), wholeRows: wholeLines(raw) } : null;
};

/** Infinity where the file ends with a line's end, so that only torn files are read for this. */
const wholeLines = (file: string): number => {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const chunk = Buffer.alloc(1024 * 1024);
    if (size === 0 || (readSync(descriptor, chunk, 0, 1, size - 1) === 1 && chunk[0] === newline)) return Infinity;
    let lines = 0;
    for (let offset = 0; offset < size; offset += chunk.length) {
      const bytes = chunk.subarray(0, readSync(descriptor, chunk, 0, chunk.length, offset));
      for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) lines += 1;
    }
    return lines;
  } finally {
    closeSync(descriptor);
  }
};

const newline = 0x0a;

/** DuckDB in memory, held to 1 GB; more goes to a folder that is removed again. */
export const withDuckDb = async <Value>(
  scratchFolder: string,
  use: (connection: DuckDBConnection) => Promise<Value>,
): Promise<Value> => {
  const scratch = path.join(scratchFolder, '.duckdb');
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: '1GB',
    temp_directory: scratch,
  });
  const connection = await instance.connect();
  try {
    return await use(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
    rmSync(scratch, { recursive: true, force: true });
  }
};

/**
 * Raw to Parquet. The raw file goes only when as many rows can be read back as were written; otherwise it stays,
 * and this rejects with what differed.
 */
export const toParquet = async (
  connection: DuckDBConnection,
  folder: string,
  table: Table,
  written: number,
): Promise<void> => {
  const raw = rawFile(folder, table);
  const part = `${parquetFile(folder, table)}.part`;
  try {
    if (written > 0) {
      const rowsInOrder = `SELECT * FROM ${readRaw(raw, table)} ORDER BY series, t`;
      await connection.run(`COPY (${rowsInOrder}) TO ${quoted(part)} (FORMAT parquet, COMPRESSION zstd)`);
      const [[rows] = []] = await (
        await connection.run(`SELECT count(*)::INTEGER FROM ${readParquet(part)}`)
      ).getRows();
      if (rows !== written)
        throw new Error(`${table.name}: ${written} rows were written, ${String(rows)} arrived in Parquet`);
      renameSync(part, parquetFile(folder, table));
    }
    rmSync(raw);
  } finally {
    rmSync(part, { force: true });
  }
};
