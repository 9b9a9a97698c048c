/**
 * Exports that arrived and could not be read. Whose each was nobody can say, so the service's figures lack something
 * there: what k6 sends is counted by k6 too, and what is missing of it is seen by that.
 */
import { intervalAround, countUpTo } from '../../measure/tracks/cadence.ts';
import { formatCount, formatSeconds } from '../../measure/numbers-in-words.ts';
import { seriesOf, type Observations } from '../../measure/tracks/observations.ts';
import type { Window } from '../../measure/tracks/windows.ts';
import { heardBy } from './sources.ts';

/** When they arrived, each as often as there were. */
const unreadTimes = (observations: Observations): number[] =>
  seriesOf(observations, 'otlp.unreadable').flatMap(({ tMs, values }) =>
    Array.from(tMs).flatMap((atMs, index) => new Array<number>(values[index]!).fill(atMs)),
  );

/** An export tells of the time since the one before it: of the slowest instance, since it may have been its. */
const toldMs = (observations: Observations, atMs: number): number =>
  [...heardBy(observations, 'service').values()]
    .map((times) => intervalAround(times, countUpTo(times, atMs) - 1))
    .reduce((most, interval) => Math.max(most, interval), 0);

const wordsOf = (times: readonly number[]): string => {
  const [first] = times;
  const when = times.length === 1 ? `at ${formatSeconds(first!)}` : `first at ${formatSeconds(first!)}`;
  const exports = times.length === 1 ? 'export' : 'exports';
  return `${formatCount(times.length)} ${exports} of metrics could not be read (${when}): what they said is missing`;
};

/** Those that told of the windows, in words; null where there was none. */
export const unreadIn = (
  { observations }: { observations: Observations },
  windows: readonly Window[],
): string | null => {
  const times = unreadTimes(observations).filter((atMs) =>
    windows.some(({ startMs, endMs }) => atMs > startMs && atMs - toldMs(observations, atMs) < endMs),
  );
  return times.length === 0 ? null : wordsOf(times);
};
