/**
 * Where one measure meets its level as the load grows. The model: a straight line in the load through the stretches of
 * all rows, each weighted by its length, up to the row from which what is done no longer follows the load. The level is
 * met where the line reaches it; the interval is where the band in which a further stretch would lie (95 %) does.
 * Where the rows do not support a line, nothing is told, and the reason stands in its place.
 */
import type { GrowthLimit } from '../../growth.ts';
import { fitLine, misfitOf, type Line, type WeightedPoint } from '../../measure/statistics/line.ts';
import { formatNumber, formatValue } from '../../measure/numbers-in-words.ts';
import type { GrowthMeasure } from './measure.ts';

/** One row, as one measure sees it: steady stretches, lightest row first. */
export interface RowPoints {
  name: string;
  activeJobs: number;
  points: readonly WeightedPoint[];
}

/** Beyond so many times the highest load that was run a line is no longer believed. */
const furthest = 4;
const fewestDegrees = 3;
/** A row beside the line matters when it lies so far from it, as a share of what the line rises over the rows. */
const greatMisfit = 0.25;
const significant = 0.01;

type Found = Pick<GrowthLimit, 'state' | 'factor' | 'low' | 'high' | 'reason' | 'line'>;

const unknown = (reason: string): Found => ({
  state: 'unknown',
  factor: null,
  low: null,
  high: null,
  reason,
  line: null,
});

const meanOfRow = ({ points }: RowPoints): number | null => {
  const weight = points.reduce((total, point) => total + point.weight, 0);
  return weight === 0 ? null : points.reduce((total, point) => total + point.weight * point.y, 0) / weight;
};

/** The load at which a rising function reaches the level; null where it does not before `until`. */
const crossing = (of: (load: number) => number, level: number, from: number, until: number): number | null => {
  if (of(until) < level) return null;
  let [low, high] = [from, until];
  for (let step = 0; step < 80; step += 1) {
    const middle = (low + high) / 2;
    if (of(middle) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

const rowsWords = (rows: readonly RowPoints[]): string => rows.map(({ name }) => name).join(', ');

/** Which row lies beside the line, and by how much; null: none by enough to matter. */
const misfitWords = (rows: readonly RowPoints[], line: Line, rise: number): string | null => {
  const misfit = misfitOf(
    rows.map((row) => row.points),
    line,
  );
  if (misfit === null || misfit.p >= significant || Math.abs(misfit.distance) < greatMisfit * rise) return null;
  const { name } = rows[misfit.group]!;
  const side = misfit.distance > 0 ? 'above' : 'below';
  const share = ((100 * Math.abs(misfit.distance)) / rise).toFixed(0);
  return `cannot tell: the rows lie on no line, ${name} lies ${side} it by ${share} % of its whole rise`;
};

/** Why no line may be drawn; null: it may. */
const whyNoLine = (rows: readonly RowPoints[], line: Line | null): string | null => {
  const points = rows.flatMap((row) => row.points);
  const loads = new Set(rows.map(({ activeJobs }) => activeJobs));
  if (loads.size < 2) return `cannot tell: a line needs rows of two loads, there is ${rowsWords(rows) || 'none'}`;
  if (line === null || line.degrees < fewestDegrees)
    return `cannot tell: ${points.length} stretches in all are too few for a line`;
  return misfitWords(rows, line, Math.abs(line.slope) * (Math.max(...loads) - Math.min(...loads)));
};

const aheadOf = (line: Line, level: number, baseJobs: number, highest: number): Found => {
  const until = furthest * highest;
  const inTimes = (load: number | null): number | null => (load === null ? null : load / baseJobs);
  const at = line.slope > 0 ? crossing((load) => line.at(load), level, 0, until) : null;
  const low = crossing((load) => line.at(load) + line.halfWidth(load), level, 0, until);
  const high = at === null ? null : crossing((load) => line.at(load) - line.halfWidth(load), level, at, until);
  const drawn = { intercept: line.intercept, slope: line.slope };
  const grows = line.slope > 0 && line.slopeP < 0.05;
  if (at === null || !grows) {
    const why = grows ? 'the line does not reach it' : 'it does not grow with the load';
    const least = low === null ? '' : `; a further row may reach it from ${formatNumber(low / baseJobs)} × on`;
    const limits = { factor: null, low: inTimes(low), high: null };
    const reason = `not within ${formatNumber(until / baseJobs)} ×, ${furthest} times the highest load that was run`;
    return { state: 'far', ...limits, reason: `${reason}: ${why}${least}`, line: grows ? drawn : null };
  }
  const reason = `by a line through ${line.degrees + 2} stretches`;
  return { state: 'ahead', factor: inTimes(at), low: inTimes(low), high: inTimes(high), reason, line: drawn };
};

/** Between the last row that keeps it and the first that does not; where the line says it nearer, there. */
const metBetween = (
  before: RowPoints | null,
  row: RowPoints,
  byLine: Found,
  words: string,
  baseJobs: number,
): Found => {
  const high = row.activeJobs / baseJobs;
  if (before === null)
    return {
      state: 'met',
      factor: high,
      low: null,
      high,
      reason: `${words} at the lightest row, ${row.name}`,
      line: null,
    };
  const low = before.activeJobs / baseJobs;
  const guess = byLine.factor ?? Math.sqrt(low * high);
  const factor = Math.min(high, Math.max(low, guess));
  const bounds = { low: Math.max(low, byLine.low ?? low), high: Math.min(high, byLine.high ?? high) };
  const reason = `${words} in ${row.name}, not in ${before.name}`;
  const inside = bounds.low <= factor && factor <= bounds.high ? bounds : { low, high };
  return { state: 'met', factor, ...inside, reason, line: byLine.line };
};

export interface LimitInput {
  measure: GrowthMeasure;
  limit: number | null;
  /** What other parts leave it at the most; null: nothing is known to hold it back. */
  most: number | null;
  /** Usable rows, lightest first, with what this measure saw in each. */
  rows: readonly RowPoints[];
  /** From this load on what is done no longer follows the load. */
  bendsAtJobs: number;
  baseJobs: number;
}

const metRow = (rows: readonly RowPoints[], level: number): RowPoints | null =>
  rows.find((row) => (meanOfRow(row) ?? -Infinity) >= level) ?? null;

export const metLoadOf = ({ measure, limit, rows }: Pick<LimitInput, 'measure' | 'limit' | 'rows'>): number => {
  const level = measure.levelOf(limit);
  return (level === null ? null : metRow(rows, level))?.activeJobs ?? Infinity;
};

const byLineOf = ({ measure, rows, bendsAtJobs, baseJobs }: LimitInput, level: number): Found => {
  if (measure.onlySeen === true) return unknown('cannot tell: it shows only once it is met, and no row shows it');
  const straight = rows.filter(({ activeJobs }) => activeJobs < bendsAtJobs);
  const line = fitLine(straight.flatMap(({ points }) => points));
  const why = whyNoLine(straight, line);
  if (why !== null) return unknown(why);
  return aheadOf(line!, level, baseJobs, Math.max(...straight.map(({ activeJobs }) => activeJobs)));
};

const outOfReach = (most: number, unit: string): Found => ({
  ...unknown(`cannot be met: what stands before it lets through at most ${formatValue(most, unit)}`),
  state: 'far',
});

export const limitOf = (input: LimitInput): GrowthLimit | null => {
  const { measure, limit, baseJobs } = input;
  const { id, title, unit } = measure;
  const rows = input.rows.filter(({ points }) => points.length > 0);
  const level = measure.levelOf(limit);
  const named = { id, title, unit, meaning: measure.meaning(limit), limit, level };
  if (level === null) return null;
  if (rows.length === 0) return { ...named, ...unknown('cannot tell: it was not seen in any row') };
  if (input.most !== null && input.most < level) return { ...named, ...outOfReach(input.most, unit) };
  const byLine = byLineOf({ ...input, rows }, level);
  const met = metRow(rows, level);
  if (met === null) return { ...named, ...byLine };
  const before = rows.filter(({ activeJobs }) => activeJobs < met.activeJobs).at(-1) ?? null;
  const words = `${formatValue(meanOfRow(met), unit)}`;
  return { ...named, ...metBetween(before, met, byLine, words, baseJobs) };
};
