import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { formatSeconds } from '../../measure/numbers-in-words.ts';
import type { SourceStatus } from '../../measure/tracks/observations.ts';
import { todaysSource } from '../old-names.ts';
import { withoutSecrets } from '../provenance.ts';
import type { Sink } from '../../collect/collector.ts';
import { readLines } from './lines.ts';

const fileIn = (folder: string): string => path.join(folder, 'sources.ndjson');
const mostLines = 2_000;
const longestReason = 2_000;

/** Writes what each source says, at once; repetitions are left out. */
export const openSources = (folder: string, nowMs: () => number): Sink['source'] => {
  const last = new Map<string, string>();
  let lines = 0;
  return (source, ok, reason) => {
    const said = JSON.stringify({ source, ok, reason: withoutSecrets(reason).slice(0, longestReason) });
    if (last.get(source) === said || lines >= mostLines) return;
    last.set(source, said);
    lines += 1;
    try {
      appendFileSync(fileIn(folder), `{"atMs":${Math.round(nowMs())},${said.slice(1)}\n`);
    } catch {
      // The disk is full: the store says so, with the reserve that it gives back.
    }
  };
};

/** The last word of each source counts; that it had failed before is kept in the reason. */
export const readSources = (folder: string): SourceStatus[] => {
  const words = readLines<SourceStatus & { atMs: number }>(fileIn(folder));
  const bySource = Map.groupBy(words, ({ source }) => todaysSource(source));
  return [...bySource].map(([source, ofSource]) => {
    const { ok, reason } = ofSource.at(-1)!;
    const failures = ofSource.slice(0, -1).filter((word) => !word.ok);
    if (!ok || failures.length === 0) return { source, ok, reason };
    const { atMs, reason: first } = failures[0]!;
    const times = failures.length === 1 ? 'once' : `${failures.length} times, first`;
    const lost = `lost ${times} at ${formatSeconds(atMs)}: ${first}`;
    return { source, ok, reason: reason === '' ? lost : `${reason}; ${lost}` };
  });
};
