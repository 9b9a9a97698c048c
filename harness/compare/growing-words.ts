/** What is said of a growth: in the sentence, on the page, in the Markdown and beside the drawing. */
import { formatValue, plural } from '../measure/numbers-in-words.ts';
import { pairName } from './entries.ts';
import type { Trend, TrendGrowth } from './trend.ts';
import { listed } from './words.ts';

export interface GrowingTrend extends Trend {
  growth: TrendGrowth;
}

const spanOf = ({ growth: { since, until } }: GrowingTrend): number => until - since;

/** How many times what it was. */
const timesOf = ({ growth: { from, to } }: GrowingTrend): number => (from > 0 ? to / from : Infinity);

/** The one that grew to the most of what it was first. */
export const growingTrends = (trends: readonly Trend[]): GrowingTrend[] =>
  trends
    .filter((trend): trend is GrowingTrend => trend.growth !== null)
    .sort((a, b) => timesOf(b) - timesOf(a) || a.metric.localeCompare(b.metric));

/** Counts stay whole, though they are read off a line. */
const levelText = (value: number, { points, unit }: GrowingTrend): string => {
  const isCount = unit === '1' && points.every((point) => Number.isInteger(point.value));
  return formatValue(isCount ? Math.round(value) : value, unit);
};

/** `12 → 31`. */
const levelsText = (trend: GrowingTrend): string =>
  `${levelText(trend.growth.from, trend)} → ${levelText(trend.growth.to, trend)}`;

const runsText = (trend: GrowingTrend): string => plural(spanOf(trend), 'run');

/** `12 → 31 over 9 runs, since night-20`. */
export const spanText = (trend: GrowingTrend): string =>
  `${levelsText(trend)} over ${runsText(trend)}, since ${trend.growth.sinceRun}`;

/** `night-27, 3 runs later`: when a run failed, beside the one that first told of the growth. */
const failedText = ({ failedRun, runsAhead }: TrendGrowth): string => {
  if (failedRun === null || runsAhead === null) return 'none';
  if (runsAhead === 0) return `${failedRun}, the same`;
  return `${failedRun}, ${plural(Math.abs(runsAhead), 'run')} ${runsAhead > 0 ? 'later' : 'earlier'}`;
};

/** The same thing often grows in several scenarios: it is told once, where it grew most. */
const clauseOf = ([first, ...others]: GrowingTrend[]): string => {
  const also = others.length === 0 ? '' : ` and ${others.length} more`;
  return `${pairName(first!)}${also}: ${first!.title} ${spanText(first!)}`;
};

/** By how much it grows from each run to the next; of a share in points, since percent of what would be open. */
const perRunText = ({ growth, unit }: GrowingTrend): string => {
  const text = `+${formatValue(growth.perRun, unit)}`;
  return text.endsWith(' %') ? text.replace(' %', ' points') : text;
};

/** Beside what grows, on the page and in the Markdown. */
export const growthHead = ['From and to', 'Each run', 'Over', 'Since', 'First told by', 'First that failed'] as const;

export const growthCells = (trend: GrowingTrend): string[] => [
  levelsText(trend),
  perRunText(trend),
  runsText(trend),
  trend.growth.sinceRun,
  trend.growth.toldRun,
  failedText(trend.growth),
];

/** Null where nothing grows. */
export const growingText = (trends: readonly Trend[]): string | null => {
  const things = [...Map.groupBy(growingTrends(trends), ({ metric }) => metric).values()];
  return things.length === 0 ? null : `Grows from run to run: ${listed(things.map(clauseOf))}.`;
};
