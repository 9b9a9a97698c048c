/**
 * Reads what was seen during one entry from its folder: Parquet of a finished run, or the raw files of one that still
 * runs or was killed.
 */
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { outcomeOf } from '../../measure/request-outcome.ts';
import type { HistogramSeries, LogLine, Observations, Series } from '../../measure/tracks/observations.ts';
import type { DictionaryEntry } from './dictionary.ts';
import { readLines } from './lines.ts';
import { readSources } from './sources.ts';
import { histogramsTable, samplesTable, sourceOf, withDuckDb, type Table } from './tables.ts';
import {
  collecting,
  collectingHistograms,
  inOrder,
  type Collecting,
  type CollectingHistograms,
  type Extent,
} from './thin.ts';

const readExtents = async (connection: DuckDBConnection, sql: string): Promise<Map<number, Extent>> => {
  const result = await connection.run(
    `SELECT series, count(*)::INTEGER, min(t), max(t) FROM ${sql} WHERE series IS NOT NULL GROUP BY series`,
  );
  return new Map(
    (await result.getRows()).map(([series, count, firstMs, lastMs]) => [
      Number(series),
      { count: Number(count), firstMs: Number(firstMs), lastMs: Number(lastMs) },
    ]),
  );
};

/** Calls `take` for each row, chunk by chunk. A row that a kill has torn is left out. */
const eachRow = async (
  connection: DuckDBConnection,
  { sql, wholeRows }: { sql: string; wholeRows: number },
  table: Table,
  take: (chunk: DuckDBDataChunk, row: number) => void,
): Promise<void> => {
  const columns = Object.keys(table.columns).map((name) => `"${name}"`);
  const result = await connection.stream(`SELECT ${columns.join(', ')} FROM ${sql}`);
  let left = wholeRows;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0 || left <= 0) return;
    const taken = Math.min(left, chunk.rowCount);
    for (let row = 0; row < taken; row += 1) take(chunk, row);
    left -= taken;
  }
};

const readTable = async (
  folder: string,
  table: Table,
  make: (id: number, extent: Extent) => void,
  take: (chunk: DuckDBDataChunk, row: number) => void,
): Promise<void> => {
  const source = sourceOf(folder, table);
  if (source === null) return;
  await withDuckDb(tmpdir(), async (connection) => {
    const extents = await readExtents(connection, source.sql);
    for (const [id, extent] of extents) make(id, extent);
    await eachRow(connection, source, table, take);
  });
};

const numberAt = (chunk: DuckDBDataChunk, column: number, row: number): number =>
  chunk.getColumnVector(column).getItem(row) as number;

/** Bucket counts as they are written: joined by "|", zeros left out. */
const countsAt = (chunk: DuckDBDataChunk, column: number, row: number): number[] => {
  const text = chunk.getColumnVector(column).getItem(row) as string | null;
  return text === null || text === '' ? [] : text.split('|').map(Number);
};

const readSamples = async (folder: string, dictionary: Map<number, DictionaryEntry>): Promise<Series[]> => {
  const found = new Map<number, Collecting>();
  await readTable(
    folder,
    samplesTable,
    (id, extent) => {
      const entry = dictionary.get(id);
      if (entry !== undefined) found.set(id, collecting(extent, entry.kind ?? 'gauge'));
    },
    (chunk, row) => found.get(numberAt(chunk, 1, row))?.add(numberAt(chunk, 0, row), numberAt(chunk, 2, row)),
  );
  return [...found].map(([id, points]) => {
    const { name, labels, kind } = dictionary.get(id)!;
    return { name, labels, ...(kind === undefined ? {} : { kind }), ...inOrder(points.points()) };
  });
};

const readHistograms = async (folder: string, dictionary: Map<number, DictionaryEntry>): Promise<HistogramSeries[]> => {
  const found = new Map<number, CollectingHistograms>();
  await readTable(
    folder,
    histogramsTable,
    (id, extent) => {
      if (dictionary.has(id)) found.set(id, collectingHistograms(extent));
    },
    (chunk, row) =>
      found.get(numberAt(chunk, 1, row))?.add(numberAt(chunk, 0, row), {
        scale: numberAt(chunk, 2, row),
        zeroCount: numberAt(chunk, 3, row),
        count: numberAt(chunk, 4, row),
        sum: numberAt(chunk, 5, row),
        min: numberAt(chunk, 6, row),
        max: numberAt(chunk, 7, row),
        offset: numberAt(chunk, 8, row),
        counts: countsAt(chunk, 9, row),
      }),
  );
  return [...found].map(([id, histograms]) => {
    const { name, labels } = dictionary.get(id)!;
    return { name, labels, ...histograms.series() };
  });
};

/** Older runs kept outcomes by an older rule; criteria and pages go by one. */
const byTodaysRule = (entry: DictionaryEntry): DictionaryEntry => {
  const { labels } = entry;
  if (labels['outcome'] === undefined || labels['status'] === undefined) return entry;
  return { ...entry, labels: { ...labels, outcome: outcomeOf(labels) } };
};

/** All that was seen. Longer series than thin.ts allows are thinned. Times are ms from the run's start, ascending. */
export const loadObservations = async (folder: string): Promise<Observations> => {
  const dictionary = new Map(
    readLines<DictionaryEntry>(path.join(folder, 'series.ndjson')).map((entry) => [entry.id, byTodaysRule(entry)]),
  );
  return {
    series: await readSamples(folder, dictionary),
    histograms: await readHistograms(folder, dictionary),
    logLines: readLines<LogLine>(path.join(folder, 'logs.ndjson')),
    sources: readSources(folder),
  };
};
