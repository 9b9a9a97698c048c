/**
 * What should stay and grows a little with every run: too little for a change point, and never at rest. Told of things
 * that a service keeps (harness/measure/figures.ts, `growsBy`); it informs and never gates.
 */
import { changePointDefaults, type ChangePoint } from '../measure/statistics/change-points.ts';
import { risingP, senLine } from '../measure/statistics/mann-kendall.ts';
import { rampOf } from '../measure/statistics/ramp.ts';

/** On its line (Sen): at the run from which on it grows, at the newest one, and from run to run. */
interface Rise {
  /** Position in the values. */
  since: number;
  until: number;
  from: number;
  to: number;
  perRun: number;
  p: number;
}

/** `told`: position of the first value with which it was told, and told with each since. */
export interface Growth extends Rise {
  told: number;
}

export interface GrowthOptions {
  /** A smaller growth is none, in the figure's unit. */
  least: number;
  /** The largest p of a growth that is told. */
  maximumP: number;
}

/** Fewer runs that rise one after the other are a change, which a change point tells. */
const fewestRises = 5;
/** So many of the newest runs may not have grown: then it has only paused, for all that one can tell. */
const longestPause = 5;
/** A smaller growth is none: as a share of what it was, as with every figure that does not gate. */
const leastShare = 0.1;

/** All trends that are looked at share the p of one, as those that gate do. */
export const growthP = (trends: number): number => changePointDefaults.maximumP / Math.max(1, trends);

/** The newest runs, as many as change points look at, and none from before the last fall: that was another level. */
const firstLookedAt = (count: number, changes: readonly ChangePoint[]): number => {
  const fall = changes.findLast(({ index, before, after }) => index < count && after < before);
  return Math.max(0, count - changePointDefaults.window, fall?.index ?? 0);
};

const isGreat = ({ from, to }: Rise, least: number): boolean =>
  to - from >= least && to - from >= leastShare * Math.abs(from);

/** Where they rise, if they do so until now: neither a step nor what has come to rest. */
const risingPart = (values: readonly number[]): { from: number; until: number } | null => {
  const { from, until, rises } = rampOf(values);
  const goesOn = values.length - 1 - until <= longestPause;
  return rises && goesOn && until - from >= fewestRises ? { from, until } : null;
};

const riseOf = (values: readonly number[], first: number, options: GrowthOptions): Rise | null => {
  const looked = values.slice(first);
  if (looked.length < changePointDefaults.minimumPoints) return null;
  const p = risingP(looked);
  const part = p <= options.maximumP ? risingPart(looked) : null;
  if (part === null) return null;
  const line = senLine(looked.slice(part.from, part.until + 1));
  const [since, until] = [first + part.from, first + part.until];
  const rise = { since, until, from: line.at(0), to: line.at(until - since), perRun: line.slope, p };
  return isGreat(rise, options.least) ? rise : null;
};

/** `changes`: change points of the values. */
export const growthOf = (
  values: readonly number[],
  changes: readonly ChangePoint[],
  options: GrowthOptions,
): Growth | null => {
  const after = (count: number): Rise | null => riseOf(values.slice(0, count), firstLookedAt(count, changes), options);
  const now = after(values.length);
  if (now === null) return null;
  let told = values.length - 1;
  while (after(told) !== null) told -= 1;
  return { ...now, told };
};
