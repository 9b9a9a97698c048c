/** A stretch of a run that is other than the rest of it: looks in a row at some level, and the answers meanwhile. */
import { fineQuantile } from '../../measure/histograms/fine-quantile.ts';
import { exportEveryMs } from '../../measure/k6-exports.ts';
import { histogramsOf } from '../../measure/tracks/observations.ts';
import { histogramsWithin, meanOf, type Window } from '../../measure/tracks/windows.ts';
import type { Level } from './levels.ts';
import type { Seen } from './seen.ts';

/** Shorter is one slow statement, or a look that came late. */
const leastMs = 2000;
const fewestLooks = 5;
/** What lasts for most of the run is how the service works. */
const mostOfRun = 0.5;

const lengthOf = ({ startMs, endMs }: Window): number => endMs - startMs;

/** The longest row of looks at each of which the level was that high; null where none is long enough. */
export const longestRow = ({ samples }: Level, least: number): Window | null => {
  const { tMs, values } = samples;
  let longest: Window | null = null;
  let first = 0;
  for (const [index, value] of values.entries()) {
    if (value < least) {
      first = index + 1;
      continue;
    }
    const row = { startMs: tMs[first]!, endMs: tMs[index]! };
    const isRow = index - first + 1 >= fewestLooks && lengthOf(row) >= leastMs;
    if (isRow && (longest === null || lengthOf(row) > lengthOf(longest))) longest = row;
  }
  return longest;
};

export const isIn = (tMs: number, { startMs, endMs }: Window): boolean => tMs >= startMs && tMs <= endMs;

export const meanWithin = ({ samples }: Level, row: Window): number =>
  meanOf(samples.values.filter((_, index) => isIn(samples.tMs[index]!, row))) ?? 0;

export interface StretchLatencies {
  thenMsP95: number;
  otherwiseMsP95: number;
}

const p95In = ({ observations }: Seen, windows: readonly Window[]): number | null =>
  fineQuantile(histogramsWithin(histogramsOf(observations, 'http_req_duration'), windows), 0.95);

/** Of the answers in that row and of all others. Null where it is most of the run, or nothing was answered. */
export const stretchLatencies = (seen: Seen, row: Window): StretchLatencies | null => {
  const { span } = seen;
  if (lengthOf(row) > mostOfRun * lengthOf(span)) return null;
  // k6 tells of a request when it has ended, and once a second.
  const endMs = row.endMs + exportEveryMs;
  const then = p95In(seen, [{ startMs: row.startMs, endMs }]);
  const otherwise = p95In(seen, [
    { startMs: span.startMs, endMs: row.startMs },
    { startMs: endMs, endMs: span.endMs },
  ]);
  return then === null || otherwise === null ? null : { thenMsP95: then, otherwiseMsP95: otherwise };
};
