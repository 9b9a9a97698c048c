/**
 * How often a source samples, by its own samples. Memory is read every two seconds at first and every five later, and a
 * stranger's service exports when it likes: how long a sample holds, and when a silence is a hole, follow from that.
 */
import type { Series } from './observations.ts';

/** So many distances on either side say how often a source samples there: one hole among them changes nothing. */
const neighbours = 5;
/** Of fewer distances nobody can tell which one is usual and which a hole. */
const fewestDistances = 3;
/** Where there are so few samples that they do not say it. */
const usualIntervalMs = 1000;

/** The lower of the two middle ones: of a pair in which one is a hole, the other says how often it samples. */
const medianOf = (values: Float64Array): number => values.sort()[(values.length - 1) >> 1]!;

const distancesOf = (tMs: ArrayLike<number>): Float64Array =>
  Float64Array.from({ length: Math.max(0, tMs.length - 1) }, (_, index) => tMs[index + 1]! - tMs[index]!);

const known = new WeakMap<object, Float64Array>();

const localIntervals = (tMs: ArrayLike<number>): Float64Array => {
  const distances = distancesOf(tMs);
  if (distances.length < fewestDistances) return distances.map((distance) => Math.min(distance, usualIntervalMs));
  return distances.map((_, index) =>
    medianOf(distances.slice(Math.max(0, index - neighbours), index + neighbours + 1)),
  );
};

/** For each sample but the last: how far apart samples usually are around it. Remembered as long as the times are. */
const intervalsOf = (tMs: ArrayLike<number> & object): Float64Array => {
  const remembered = known.get(tMs);
  if (remembered !== undefined) return remembered;
  const intervals = localIntervals(tMs);
  known.set(tMs, intervals);
  return intervals;
};

/** How far apart samples usually are around the one at that index. */
export const intervalAround = (tMs: ArrayLike<number> & object, index: number): number => {
  const intervals = intervalsOf(tMs);
  return intervals[Math.max(0, Math.min(index, intervals.length - 1))] ?? usualIntervalMs;
};

/** How many of the ascending times lie at or before `tMs`. */
export const countUpTo = (times: ArrayLike<number>, tMs: number): number => {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! <= tMs) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** A sample holds until the next one is nearly twice as late as usual: later, its instance is gone. */
const carriedIntervals = 1.9;
const leastCarryMs = 1900;

/** The last sample at or before `tMs`, if by its source's own interval it still holds; null if there is none. */
export const valueAt = ({ tMs: times, values }: Series, tMs: number): number | null => {
  const index = countUpTo(times, tMs) - 1;
  if (index < 0) return null;
  const carryMs = Math.max(leastCarryMs, carriedIntervals * intervalAround(times, index));
  return tMs - times[index]! < carryMs ? values[index]! : null;
};
