/**
 * Samples on disk as they come. In the folder: series.ndjson (id, name, labels), samples.csv, histograms.csv,
 * logs.ndjson, sources.ndjson, each flushed twice a second, so that kill -9 loses less than a second.
 * `close` turns the two tables to Parquet.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../system/clock.ts';
import { messageOf } from '../../errors.ts';
import type { ExponentialHistogram } from '../../measure/histograms/histogram.ts';
import { withoutSecrets } from '../provenance.ts';
import { openAppendFile, type AppendFile } from './append-file.ts';
import { formatCount } from '../../measure/numbers-in-words.ts';
import type { LogLine } from '../../measure/tracks/observations.ts';
import type { Sink } from '../../collect/collector.ts';
import { openDictionary, type Dictionary, type Refused } from './dictionary.ts';
import { openSources } from './sources.ts';
import { histogramsTable, rawFile, samplesTable, tables, toParquet, withDuckDb } from './tables.ts';

export interface Store extends Sink, AsyncDisposable {
  /** Samples, histograms and lines that the disk refused. */
  readonly lost: number;
  /** May be called twice. Never rejects: raw files that cannot become Parquet stay, and are read as they are. */
  close(): Promise<void>;
}

const flushEveryMs = 400;
const mostLogLines = 20_000;
const longestLogLine = 2_000;
/** Space that is given back when the disk is full, so that this can still be written down. */
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
      const why = error.code === 'ENOSPC' ? 'the disk is full; free some space' : messageOf(error);
      source('store', false, `samples could not be written: ${why}`);
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

const dictionaryIn = (files: Files, refused: (all: Refused) => void): Dictionary => {
  const enter = (line: string): void => {
    // A series is on disk before its first sample: the samples of a killed run must have their names.
    files.series.add(line);
    files.series.flush();
  };
  return openDictionary(enter, refused);
};

/** A label holds ids: what was measured under the others is missing, which is the harness's loss and no one else's. */
const refusedWords = (refused: Refused): string => {
  const names = [...refused].map(([name, count]) => `${formatCount(count)} more of ${name}`);
  return `too many series, these are not kept: ${names.join(', ')}; set the name tag, some label holds ids`;
};

/** What is refused is told when it begins, and at the end with its whole number. */
const openRefusals = (source: Sink['source']): { take(all: Refused): void; tell(): void } => {
  let refused: Refused = new Map();
  const tell = (): void => {
    if (refused.size > 0) source('store', false, refusedWords(refused));
  };
  return {
    take: (all) => {
      const isFirst = refused.size === 0;
      refused = all;
      if (isFirst) tell();
    },
    tell,
  };
};

/** Writes log lines without secrets, at most so many and each at most so long. */
const logWriter = (file: AppendFile): ((line: LogLine) => void) => {
  let lines = 0;
  return ({ text, ...line }) => {
    lines += 1;
    if (lines > mostLogLines) return;
    file.add(JSON.stringify({ ...line, text: withoutSecrets(text).slice(0, longestLogLine) }));
  };
};

/** The sink into those files; nothing is written once `closed` says so. */
const sinkInto = (
  files: Files,
  dictionary: Dictionary,
  { nowMs, source }: Pick<Sink, 'nowMs' | 'source'>,
  closed: () => boolean,
): Sink => {
  const timeOf = (atMs: number | undefined): number => Math.round(atMs ?? nowMs());
  const addRow = (file: AppendFile, id: number | null, values: string, atMs: number | undefined): void => {
    if (id !== null) file.add(`${timeOf(atMs)},${id},${values}`);
  };
  const logLine = logWriter(files.logs);
  return {
    nowMs,
    source,
    declare: dictionary.declare,
    sample: (series, labels, value, atMs) => {
      if (closed() || !Number.isFinite(value)) return;
      addRow(files.samples, dictionary.idOf(series, labels), String(value), atMs);
    },
    histogram: (series, labels, histogram, atMs) => {
      if (closed() || histogram.count === 0) return;
      addRow(files.histograms, dictionary.idOf(series, labels), histogramRow(histogram), atMs);
    },
    log: (component, instance, text, atMs, family) => {
      if (closed()) return;
      logLine({ atMs: timeOf(atMs), component, instance, text, ...(family === undefined ? {} : { family }) });
    },
  };
};

/** Makes the folder; rejects if it cannot be written. */
export const openStore = async (
  folder: string,
  clock: Pick<Clock, 'startMonotonicNs' | 'startEpochMs'>,
): Promise<Store> => {
  const nowMs = (): number => Number(process.hrtime.bigint() - clock.startMonotonicNs) / 1e6;
  const source = openSources(folder, nowMs);
  const files = openFiles(folder, source);
  const refusals = openRefusals(source);
  const dictionary = dictionaryIn(files, refusals.take);
  const timer = setInterval(() => Object.values(files).forEach((file) => file.flush()), flushEveryMs).unref();
  let closed: Promise<void> | null = null;
  const close = (): Promise<void> => {
    clearInterval(timer);
    refusals.tell();
    return (closed ??= closeFiles(folder, files, source));
  };
  return {
    ...sinkInto(files, dictionary, { nowMs, source }, () => closed !== null),
    get lost() {
      return Object.values(files).reduce((total, { lost }) => total + lost, 0);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
};
