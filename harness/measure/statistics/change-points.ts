/**
 * Change points of a series: windowed e-divisive splitting with a t test, in two passes.
 *
 * E-divisive: D. Matteson and N. James 2014 (energy distance with exponent 1). The t test instead of permutations,
 * the windows and the weak first pass, merged afterwards, follow what Apache Otava (was Hunter; Fleming et al. 2023)
 * documents; the minimum segment is ours, since single points otherwise raise alarms (apache/otava issue 150).
 */
import { mean } from 'simple-statistics';
import { tTest } from './t-test.ts';

export interface ChangePointOptions {
  /** Largest p of a change that stands. */
  maximumP: number;
  window: number;
  minimumSegment: number;
  /** Smallest change of the mean, as a share of the mean before. */
  minimumMagnitude: number;
  /** With fewer points nothing is said. */
  minimumPoints: number;
}

export const changePointDefaults: ChangePointOptions = {
  maximumP: 0.001,
  window: 50,
  minimumSegment: 3,
  minimumMagnitude: 0.05,
  minimumPoints: 10,
};

export interface ChangePoint {
  /** First point after the change. */
  index: number;
  before: number;
  after: number;
  /** (after - before) / |before|; null where before is 0. */
  relative: number | null;
  p: number;
}

/** Sum over pairs (i, j) with i < `until` of |x_i - x_j|, for each j: prefix sums make every split cheap. */
const pairPrefixes = (values: readonly number[]): Float64Array[] =>
  values.map((value) => {
    const prefix = new Float64Array(values.length + 1);
    values.forEach((other, position) => {
      prefix[position + 1] = prefix[position]! + Math.abs(value - other);
    });
    return prefix;
  });

/** Q of Matteson and James, eq. 7, for a split at `at`: scaled energy distance between left and right. */
const energyAt = (prefixes: Float64Array[], at: number): number => {
  const left = at;
  const right = prefixes.length - at;
  let between = 0;
  let withinLeft = 0;
  let withinRight = 0;
  prefixes.forEach((prefix, position) => {
    const toLeft = prefix[at]!;
    if (position < at) withinLeft += toLeft;
    else {
      between += toLeft;
      withinRight += prefix[prefixes.length]! - toLeft;
    }
  });
  const spread = (total: number, count: number): number => (count > 1 ? total / (count * (count - 1)) : 0);
  const distance = (2 * between) / (left * right) - spread(withinLeft, left) - spread(withinRight, right);
  return ((left * right) / (left + right)) * distance;
};

/** The best split of `values`, or null if it is shorter than two segments. */
const bestSplit = (values: readonly number[], minimumSegment: number): number | null => {
  const prefixes = pairPrefixes(values);
  let best: number | null = null;
  let highest = -Infinity;
  for (let at = minimumSegment; at <= values.length - minimumSegment; at += 1) {
    const energy = energyAt(prefixes, at);
    if (energy > highest) [best, highest] = [at, energy];
  }
  return best;
};

/** Every split, recursively, whose t test gives at most `maximumP`. */
const splits = (values: readonly number[], offset: number, maximumP: number, minimumSegment: number): number[] => {
  const at = bestSplit(values, minimumSegment);
  if (at === null || tTest(values.slice(0, at), values.slice(at)).p > maximumP) return [];
  return [
    ...splits(values.slice(0, at), offset, maximumP, minimumSegment),
    offset + at,
    ...splits(values.slice(at), offset + at, maximumP, minimumSegment),
  ];
};

/** First pass: windows overlapping by half, ten times as tolerant; the second pass decides. */
const candidates = (values: readonly number[], options: ChangePointOptions): number[] => {
  const found = new Set<number>();
  const step = Math.max(1, options.window >> 1);
  for (let start = 0; start === 0 || start + step < values.length; start += step) {
    const window = values.slice(start, start + options.window);
    for (const index of splits(window, start, Math.min(0.5, options.maximumP * 10), options.minimumSegment))
      found.add(index);
  }
  return [...found].sort((a, b) => a - b);
};

const describe = (values: readonly number[], from: number, index: number, until: number): ChangePoint => {
  const left = values.slice(from, index);
  const right = values.slice(index, until);
  const [before, after] = [mean(left), mean(right)];
  return {
    index,
    before,
    after,
    relative: before === 0 ? null : (after - before) / Math.abs(before),
    p: tTest(left, right).p,
  };
};

const weakness = (point: ChangePoint, options: ChangePointOptions, neighbour: number): number => {
  if (neighbour < options.minimumSegment) return Infinity;
  if (point.relative !== null && Math.abs(point.relative) < options.minimumMagnitude) return 1 + point.p;
  return point.p;
};

/**
 * Second pass: while one does not stand against its neighbours' segments, the weakest is taken out and its segments
 * merge.
 */
const strongest = (
  values: readonly number[],
  indexes: readonly number[],
  options: ChangePointOptions,
): ChangePoint[] => {
  const borders = [0, ...indexes, values.length];
  const points = indexes.map((index, position) => describe(values, borders[position]!, index, borders[position + 2]!));
  const weak = points.map((point, position) => {
    const neighbour = Math.min(point.index - borders[position]!, borders[position + 2]! - point.index);
    return weakness(point, options, neighbour);
  });
  const worst = weak.indexOf(Math.max(...weak));
  if (worst === -1 || weak[worst]! <= options.maximumP) return points;
  return strongest(
    values,
    indexes.filter((_, position) => position !== worst),
    options,
  );
};

/** Ascending by index; empty below `minimumPoints`. */
export const changePoints = (
  values: readonly number[],
  options: ChangePointOptions = changePointDefaults,
): ChangePoint[] =>
  values.length < options.minimumPoints ? [] : strongest(values, candidates(values, options), options);
