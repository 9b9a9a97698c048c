/** A stretch of a run that is other than the rest of it: looks in a row at some level, and the answers meanwhile. */
import { lengthOf } from '../../measure/silence.ts';
import { exportEveryMs } from '../../measure/k6-exports.ts';
import { fewestSamples, longestGapMs, meanOf, type Window } from '../../measure/tracks/windows.ts';
import type { Level } from './levels.ts';
import { latencyMsP95In } from './requests.ts';
import type { Seen } from './seen.ts';

/** Shorter is one slow statement, or a look that came late. */
const leastMs = 2000;
/** What lasts for most of the run is how the service works. */
const mostOfRun = 0.5;

/** Rows of looks at each of which the level was that high; a hole between two looks ends a row. */
const highRows = ({ samples }: Level, least: number): number[][] => {
  const rows: number[][] = [];
  let beforeMs = -Infinity;
  for (const [index, atMs] of samples.tMs.entries()) {
    if (samples.values[index]! < least) {
      beforeMs = -Infinity;
      continue;
    }
    if (atMs - beforeMs <= longestGapMs) rows.at(-1)!.push(atMs);
    else rows.push([atMs]);
    beforeMs = atMs;
  }
  return rows;
};

/** The longest of them; null where none is long enough. */
export const longestRow = (level: Level, least: number): Window | null => {
  const [longest] = highRows(level, least)
    .filter((row) => row.length >= fewestSamples)
    .map((row) => ({ startMs: row[0]!, endMs: row.at(-1)! }))
    .toSorted((a, b) => lengthOf(b) - lengthOf(a));
  return longest !== undefined && lengthOf(longest) >= leastMs ? longest : null;
};

export const isIn = (tMs: number, { startMs, endMs }: Window): boolean => tMs >= startMs && tMs <= endMs;

export const looksIn = ({ samples }: Level, row: Window): number[] => samples.tMs.filter((at) => isIn(at, row));

/** At those instants, as it was at the last sample until then; null where it was never sampled. */
export const meanAt = (level: Level, times: readonly number[]): number | null =>
  level.count === 0 ? null : meanOf(times.map((at) => level.at(at)));

export interface StretchLatencies {
  thenMsP95: number;
  otherwiseMsP95: number;
}

/** Of the answers in that row and of all others. Null where it is most of the run, or nothing was answered. */
export const stretchLatencies = ({ observations, span }: Seen, row: Window): StretchLatencies | null => {
  if (lengthOf(row) > mostOfRun * lengthOf(span)) return null;
  // k6 tells of a request when it has ended, and once a second.
  const endMs = row.endMs + exportEveryMs;
  const thenMsP95 = latencyMsP95In(observations, [{ startMs: row.startMs, endMs }]);
  const otherwiseMsP95 = latencyMsP95In(observations, [
    { startMs: span.startMs, endMs: row.startMs },
    { startMs: endMs, endMs: span.endMs },
  ]);
  return thenMsP95 === null || otherwiseMsP95 === null ? null : { thenMsP95, otherwiseMsP95 };
};
