/**
 * Samples on disk as they come. In the folder: series.ndjson (id, name, labels), samples.csv, histograms.csv, logs.ndjson,
 * sources.ndjson, each flushed twice a second, so that kill -9 loses less than a second. `close` turns the two tables to Parquet.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../system/clock.ts';
import { messageOf } from '../../errors.ts';
import type { ExponentialHistogram } from '../../measure/histograms/histogram.ts';
import { withoutSecrets } from '../provenance.ts';
import { openAppendFile, type AppendFile } from './append-file.ts';
import type { Sink } from '../../collect/collector.ts';
import { mostSeries, openDictionary } from './dictionary.ts';
import { openSources } from './sources.ts';
import { histogramsTable, rawFile, samplesTable, tables, toParquet, withDuckDb } from './tables.ts';

export interface Store extends Sink, AsyncDisposable {
  /** Samples, histograms and lines that the disk refused. */
  readonly lost: number;
  /** Twice is harmless. Never rejects: raw files that cannot be turned stay and are read as they are. */
  close(): Promise<void>;
}

const flushEveryMs = 400;
const mostLogLines = 20_000;
const longestLogLine = 2_000;
/** Given back when the disk is full, so that it can still be written that it was. */
const reserveBytes = 64 * 1024;

const histogramRow = ({ scale, zeroCount, count, sum, min, max, offset, counts }: ExponentialHistogram): string =>
  [
    scale,
    zeroCount,
    count,
    sum,
    Number.isFinite(min) ? min : 0,
    Number.isFinite(max) ? max : 0,
    offset,
    `"${counts.map((one) => one || '').join('|')}"`,
  ].join(',');

type Files = Record<'series' | 'samples' | 'histograms' | 'logs', AppendFile>;

const openFiles = (folder: string, source: Sink['source']): Files => {
  const reserve = path.join(folder, '.reserve');
  mkdirSync(folder, { recursive: true });
  writeFileSync(reserve, Buffer.alloc(reserveBytes, 1));
  const open = (file: string): AppendFile =>
    openAppendFile(file, (error) => {
      rmSync(reserve, { force: true });
      source(
        'store',
        false,
        `samples could not be written: ${error.code === 'ENOSPC' ? 'the disk is full; free some space' : messageOf(error)}`,
      );
    });
  return {
    series: open(path.join(folder, 'series.ndjson')),
    samples: open(rawFile(folder, samplesTable)),
    histograms: open(rawFile(folder, histogramsTable)),
    logs: open(path.join(folder, 'logs.ndjson')),
  };
};

const closeFiles = async (folder: string, files: Files, source: Sink['source']): Promise<void> => {
  for (const file of Object.values(files)) file.close();
  rmSync(path.join(folder, '.reserve'), { force: true });
  for (const table of tables) {
    await withDuckDb(folder, (connection) => toParquet(connection, folder, table, files[table.name].written)).catch(
      (error: unknown) =>
        source('store', false, `${table.name} stay as they were written, not as Parquet: ${messageOf(error)}`),
    );
  }
};

/** Makes the folder; rejects if it cannot be written. */
export const openStore = async (
  folder: string,
  clock: Pick<Clock, 'startMonotonicNs' | 'startEpochMs'>,
): Promise<Store> => {
  const nowMs = (): number => Number(process.hrtime.bigint() - clock.startMonotonicNs) / 1e6;
  const source = openSources(folder, nowMs);
  const files = openFiles(folder, source);
  const enter = (line: string): void => {
    // Before its first sample: a killed run's samples must have their names.
    files.series.add(line);
    files.series.flush();
  };
  const dictionary = openDictionary(enter, () =>
    source('store', false, `more than ${mostSeries} series: the rest is not kept; some label holds too many values`),
  );
  const timer = setInterval(() => Object.values(files).forEach((file) => file.flush()), flushEveryMs).unref();
  const timeOf = (atMs: number | undefined): number => Math.round(atMs ?? nowMs());
  let logLines = 0;
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    clearInterval(timer);
    return (closed ??= closeFiles(folder, files, source));
  };
  return {
    nowMs,
    source,
    declare: dictionary.declare,
    sample: (series, labels, value, atMs) => {
      if (closed !== null || !Number.isFinite(value)) return;
      const id = dictionary.idOf(series, labels);
      if (id !== null) files.samples.add(`${timeOf(atMs)},${id},${value}`);
    },
    histogram: (series, labels, histogram, atMs) => {
      if (closed !== null || histogram.count === 0) return;
      const id = dictionary.idOf(series, labels);
      if (id !== null) files.histograms.add(`${timeOf(atMs)},${id},${histogramRow(histogram)}`);
    },
    log: (component, instance, text, atMs) => {
      logLines += 1;
      if (closed !== null || logLines > mostLogLines) return;
      files.logs.add(
        JSON.stringify({
          atMs: timeOf(atMs),
          component,
          instance,
          text: withoutSecrets(text).slice(0, longestLogLine),
        }),
      );
    },
    get lost() {
      return Object.values(files).reduce((total, { lost }) => total + lost, 0);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
};
