/** A chart with everything resolved: what svg.ts draws, table.ts says in words and the page's script zooms into. */
import type { Grid } from '../../measure/tracks/grid.ts';
import type { ScenarioResult } from '../../result.ts';
import { axisEnds, highestOf, highestStack } from './axis.ts';
import type { AxisEnds } from './axis.ts';
import type { Budgets, Chart, ChartHeading, ReferenceLine, Tracks } from './chart.ts';
import { colourOf } from './colours.ts';
import { spansOf, violationsOf } from './spans.ts';
import type { Span, Spans } from './spans.ts';

export interface DrawnSeries {
  id: string;
  title: string;
  colour: string;
  dash: string | null;
  values: Float64Array;
}

/** The ends of the y axis are `bottom` and `top`; the lower is 0 unless the axis is logarithmic. */
export interface Drawing extends AxisEnds, Spans {
  /** The drawing's id, which no other on the page has. */
  id: string;
  chart: ChartHeading;
  grid: Grid;
  unit: string;
  stack: DrawnSeries[];
  lines: DrawnSeries[];
  referenceLines: ReferenceLine[];
  /** Length of the x axis, s. */
  seconds: number;
  violations: Span[];
}

const expand = (id: string, tracks: Tracks): string[] => {
  if (id.endsWith('.*')) return [...tracks.keys()].filter((key) => key.startsWith(id.slice(0, -1)));
  return tracks.has(id) ? [id] : [];
};

const knowsBudgets = (budgets: Budgets): boolean => Object.values(budgets).some((budget) => budget !== null);

/** Without budgets (an external stack) the plain amounts are drawn. */
const unitOf = ({ perBudget, unit }: Chart, budgets: Budgets): string => {
  if (perBudget === undefined || knowsBudgets(budgets)) return unit;
  return perBudget === 'cores' ? 'cores' : 'MiB';
};

const bytesPerMebibyte = 2 ** 20;

/** What a percent of the component's budget is, in the track's unit; null where the component has no budget. */
const divisorOf = ({ perBudget }: Chart, id: string, budgets: Budgets): number | null => {
  if (perBudget === undefined || !knowsBudgets(budgets)) return 1;
  const [, component = ''] = id.split('.');
  const budget = budgets[component];
  if (budget === null || budget === undefined) return null;
  return perBudget === 'cores' ? budget.cores / 100 : budget.memoryBytes / bytesPerMebibyte / 100;
};

const seriesOf = (ids: readonly string[], chart: Chart, tracks: Tracks, budgets: Budgets): DrawnSeries[] =>
  ids
    .flatMap((id) => expand(id, tracks))
    .flatMap((id, index) => {
      const divisor = divisorOf(chart, id, budgets);
      const { title, values } = tracks.get(id)!;
      if (divisor === null) return [];
      const shown = divisor === 1 ? values : values.map((value) => value / divisor);
      return [{ id, title, values: shown, ...colourOf(id, index) }];
    });

export interface DrawContext {
  scenario: ScenarioResult;
  tracks: Tracks;
  grid: Grid;
  endMs: number;
  budgets: Budgets;
  idPrefix: string;
}

/** A line so many times above everything seen would press the data flat: it is then named, not drawn. */
const farAbove = 6;

const highestShown = (highest: number, lines: readonly ReferenceLine[]): number =>
  Math.max(highest, ...lines.map(({ value }) => value).filter((value) => value <= highest * farAbove));

/** Null where nothing of it was seen. */
export const drawingOf = (chart: Chart, context: DrawContext): Drawing | null => {
  const { scenario, tracks, grid, budgets, endMs } = context;
  const stack = seriesOf(chart.stack, chart, tracks, budgets);
  const lines = seriesOf(chart.lines, chart, tracks, budgets);
  if (stack.length + lines.length === 0) return null;
  const referenceLines = chart.referenceLines?.({ scenario, tracks, budgets }) ?? [];
  const highest = Math.max(highestStack(stack, grid.points), highestOf(lines));
  return {
    id: `${context.idPrefix}chart-${chart.id}`,
    chart,
    grid,
    unit: unitOf(chart, budgets),
    stack,
    lines,
    referenceLines,
    ...axisEnds(chart, lines, highestShown(highest, referenceLines)),
    seconds: (endMs - grid.startMs) / 1000,
    ...spansOf(scenario, grid.startMs, endMs),
    violations: violationsOf(scenario, chart.id, grid.startMs),
  };
};

export const isQuiet = (drawing: Drawing): boolean => highestOf([...drawing.stack, ...drawing.lines]) === 0;

/** Those that are within the picture, and those that lie too far above it. */
export const nearLines = ({ referenceLines, top }: Drawing): ReferenceLine[] =>
  referenceLines.filter(({ value }) => value <= top);

export const farLines = ({ referenceLines, top }: Drawing): ReferenceLine[] =>
  referenceLines.filter(({ value }) => value > top);

/** What is not said in one sentence instead of drawn. */
export const isLoud = (drawing: Drawing): boolean => drawing.chart.quiet === undefined || !isQuiet(drawing);
