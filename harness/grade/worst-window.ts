/**
 * The worst sustained stretch of a measure: three bad minutes do not vanish in a good hour. A stretch lasts as long as
 * the bound asks for, divided by the time scale, and never less than ten seconds; where it has fewer than a hundred
 * observations it reaches back until it has them. It slides by one second.
 */
import { addToCells, emptyCells, valueAtRank } from '../measure/histograms/fine-quantile.ts';
import type { Window } from '../measure/tracks/windows.ts';
import type { JudgedEntry } from './criterion.ts';
import type { Counts, Durations, Timed } from './timed.ts';

/** A shorter stretch would be a bad second or two. */
const leastMs = 10_000;
/** Five of a hundred lie above a p95: of fewer a single one would decide. */
export const fewestObservations = 100;
const stepMs = 1000;

/** For how long a bound without a time of its own must be broken: that of most alert bounds. */
export const defaultSeconds = 60;

/** How long a stretch is, at least. */
export const stretchMs = (forSeconds: number, { profile }: Pick<JudgedEntry, 'profile'>): number =>
  Math.max(leastMs, (forSeconds * 1000) / profile.timeScale);

/** What a stretch holds: it takes items in and gives them back. */
interface Holder<Item> {
  change(item: Item, sign: 1 | -1): void;
  count(): number;
  /** Of the count, those that failed, or are the part that a share is of. */
  part(): number;
  value(): number | null;
}

export interface Stretch {
  value: number;
  count: number;
  part: number;
  fromMs: number;
  untilMs: number;
}

/**
 * The items second by second. What arrived after the window's end (a request that was sent in it and answered later)
 * makes it longer.
 */
const secondsOf = <Item>(items: readonly Timed<Item>[], { startMs, endMs }: Window): Item[][] => {
  const secondOf = (atMs: number): number => Math.ceil((atMs - startMs) / stepMs) - 1;
  const last = items.reduce((latest, { atMs }) => Math.max(latest, secondOf(atMs)), secondOf(endMs));
  const seconds: Item[][] = Array.from({ length: last + 1 }, () => []);
  for (const { atMs, item } of items) seconds[secondOf(atMs)]!.push(item);
  return seconds;
};

/** Each window with what came after its start and before the next one's. */
const byWindow = <Item>(
  items: readonly Timed<Item>[],
  windows: readonly Window[],
): { window: Window; within: Timed<Item>[] }[] =>
  windows.map((window, index) => {
    const untilMs = windows[index + 1]?.startMs ?? Infinity;
    return { window, within: items.filter(({ atMs }) => atMs > window.startMs && atMs <= untilMs) };
  });

/** All stretches of one window, one after the other; `seen` is told of each. */
const slide = <Item>(
  seconds: readonly Item[][],
  holder: Holder<Item>,
  width: number,
  seen: (first: number, last: number) => void,
): void => {
  const change = (second: number, sign: 1 | -1): void => seconds[second]!.forEach((item) => holder.change(item, sign));
  let first = 0;
  for (let last = 0; last < seconds.length; last += 1) {
    change(last, 1);
    while (last - first >= width) {
      change(first, -1);
      if (holder.count() < fewestObservations) {
        change(first, 1);
        break;
      }
      first += 1;
    }
    if (last - first + 1 >= width && holder.count() >= fewestObservations) seen(first, last);
  }
  for (let second = first; second < seconds.length; second += 1) change(second, -1);
};

/** Null where no stretch is long enough, or the only one is the whole. */
const worstOf = <Item>(
  items: readonly Timed<Item>[],
  windows: readonly Window[],
  ms: number,
  holder: Holder<Item>,
  isWorse: (value: number, than: number) => boolean,
): Stretch | null => {
  let worst: Stretch | null = null;
  let stretches = 0;
  for (const { window, within } of byWindow(items, windows)) {
    slide(secondsOf(within, window), holder, Math.ceil(ms / stepMs), (first, last) => {
      stretches += 1;
      const value = holder.value();
      if (value === null || (worst !== null && !isWorse(value, worst.value))) return;
      const [fromMs, untilMs] = [window.startMs + first * stepMs, window.startMs + (last + 1) * stepMs];
      worst = { value, count: holder.count(), part: holder.part(), fromMs, untilMs };
    });
  }
  return stretches > 1 ? worst : null;
};

/** The stretch with the highest percentile, in the histograms' unit; Infinity where more failed than it leaves out. */
export const worstQuantile = (
  items: readonly Timed<Durations>[],
  share: number,
  windows: readonly Window[],
  ms: number,
): Stretch | null => {
  const cells = emptyCells(items.flatMap(({ item }) => (item.histogram === null ? [] : [item.histogram])));
  cells.max = Infinity;
  cells.min = 0;
  let failed = 0;
  const holder: Holder<Durations> = {
    change({ histogram, failed: more }, sign) {
      if (histogram !== null && histogram.count > 0) addToCells(cells, histogram, sign);
      failed += sign * more;
    },
    count: () => cells.count + failed,
    part: () => failed,
    value() {
      const rank = share * (cells.count + failed);
      return rank > cells.count ? Infinity : valueAtRank(cells, Math.max(1, rank));
    },
  };
  return worstOf(items, windows, ms, holder, (value, than) => value > than);
};

/** The stretch with the highest (or the lowest) share, in per cent. */
export const worstShare = (
  items: readonly Timed<Counts>[],
  worse: 'higher' | 'lower',
  windows: readonly Window[],
  ms: number,
): Stretch | null => {
  const held: Counts = { part: 0, all: 0 };
  const holder: Holder<Counts> = {
    change({ part, all }, sign) {
      held.part += sign * part;
      held.all += sign * all;
    },
    count: () => held.all,
    part: () => held.part,
    value: () => (held.all === 0 ? null : (100 * held.part) / held.all),
  };
  return worstOf(items, windows, ms, holder, (value, than) => (worse === 'higher' ? value > than : value < than));
};
