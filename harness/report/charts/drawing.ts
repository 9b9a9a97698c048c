/** A chart with everything resolved: what svg.ts draws, table.ts says in words and the page's script zooms into. */
import type { Grid } from '../../measure/tracks/grid.ts';
import type { ScenarioResult } from '../../result.ts';
import { chartOf } from './definitions.ts';
import type { Budgets, ChartDefinition, Limit, Tracks } from './definitions.ts';
import { colourOf } from './colours.ts';

export interface Drawn {
  id: string;
  title: string;
  colour: string;
  dash: string | null;
  values: Float64Array;
}

/** Seconds from the entry's start. */
export interface Span {
  from: number;
  until: number;
  title: string;
  kind: string;
}

export interface Drawing {
  /** Unique on the page. */
  id: string;
  definition: ChartDefinition;
  grid: Grid;
  unit: string;
  stack: Drawn[];
  lines: Drawn[];
  limits: Limit[];
  /** Ends of the y axis; the lower is 0 unless the axis is logarithmic. */
  bottom: number;
  top: number;
  /** Length of the x axis, s. */
  seconds: number;
  phases: Span[];
  faults: Span[];
  violations: Span[];
  steps: Span[];
}

const expand = (ids: readonly string[], tracks: Tracks): string[] =>
  ids.flatMap((id) =>
    id.endsWith('.*')
      ? [...tracks.keys()].filter((key) => key.startsWith(id.slice(0, -1)))
      : tracks.has(id)
        ? [id]
        : [],
  );

const knowsBudgets = (budgets: Budgets): boolean => Object.values(budgets).some((budget) => budget !== null);

/** Without budgets (an external stack) the plain amounts are drawn. */
const unitOf = (definition: ChartDefinition, budgets: Budgets): string => {
  if (definition.perBudget === undefined || knowsBudgets(budgets)) return definition.unit;
  return definition.perBudget === 'cores' ? 'cores' : 'MiB';
};

const divisor = (definition: ChartDefinition, id: string, budgets: Budgets): number | null => {
  const budget = budgets[id.split('.')[1] ?? ''];
  if (definition.perBudget === undefined || !knowsBudgets(budgets)) return 1;
  if (budget === null || budget === undefined) return null;
  return definition.perBudget === 'cores' ? budget.cores / 100 : budget.memoryBytes / 2 ** 20 / 100;
};

const drawn = (ids: readonly string[], definition: ChartDefinition, tracks: Tracks, budgets: Budgets): Drawn[] =>
  expand(ids, tracks).flatMap((id, index) => {
    const by = divisor(definition, id, budgets);
    const track = tracks.get(id)!;
    if (by === null) return [];
    const values = by === 1 ? track.values : track.values.map((value) => value / by);
    return [{ id, title: track.title, values, ...colourOf(id, index) }];
  });

/** Rounded up to a figure that divides into four or five even steps. */
export const niceTop = (value: number): number => {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return (
    [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((top) => top >= value * 1.04) ??
    12 * power
  );
};

/** Whole decades on a logarithmic axis, at least two of them. */
const axisOf = (
  definition: ChartDefinition,
  lines: readonly Drawn[],
  highest: number,
): { bottom: number; top: number } => {
  if (definition.scale !== 'log') return { bottom: 0, top: niceTop(highest) };
  const lowest = lines.reduce(
    (least, { values }) => values.reduce((low, value) => (value > 0 && value < low ? value : low), least),
    highest,
  );
  const bottom = 10 ** Math.floor(Math.log10(Math.max(0.1, Math.min(lowest, highest / 100))));
  return { bottom, top: niceTop(highest) };
};

const highestOf = (list: readonly Drawn[]): number =>
  list.reduce((most, { values }) => values.reduce((high, value) => (value > high ? value : high), most), 0);

const highestStack = (list: readonly Drawn[], points: number): number => {
  let most = 0;
  for (let index = 0; index < points; index += 1) {
    most = Math.max(
      most,
      list.reduce((sum, { values }) => sum + (Number.isNaN(values[index]!) ? 0 : values[index]!), 0),
    );
  }
  return most;
};

/** Evidence of criteria that did not pass, of this chart. */
const violationsOf = (scenario: ScenarioResult, chart: string, seconds: (ms: number) => number): Span[] =>
  scenario.criteria
    .filter((criterion) => chartOf(criterion) === chart && ['fail', 'warn'].includes(criterion.verdict))
    .flatMap((criterion) =>
      (criterion.evidence ?? []).flatMap(({ atMs, untilMs }) =>
        typeof atMs === 'number'
          ? [{ from: seconds(atMs), until: seconds(untilMs ?? atMs), title: criterion.title, kind: criterion.verdict }]
          : [],
      ),
    );

/** The spans common to all charts of an entry, in seconds from its start. */
export const spansOf = (scenario: ScenarioResult, startMs: number, endMs: number) => {
  const seconds = (ms: number): number => (ms - startMs) / 1000;
  return {
    phases: scenario.phases.map(({ name, kind, startMs: from, endMs: until }) => ({
      from: seconds(from),
      until: seconds(until),
      title: name,
      kind,
    })),
    faults: scenario.faults
      .filter(({ injectedAtMs }) => injectedAtMs !== null)
      .map(({ title, injectedAtMs, revertedAtMs }) => ({
        from: seconds(injectedAtMs!),
        until: seconds(revertedAtMs ?? endMs),
        title,
        kind: 'fault',
      })),
    steps: scenario.steps.map(({ title, atMs, endMs: until, ok }) => ({
      from: seconds(atMs),
      until: seconds(until ?? atMs),
      title,
      kind: ok ? 'step' : 'failed',
    })),
  };
};

export interface DrawContext {
  scenario: ScenarioResult;
  tracks: Tracks;
  grid: Grid;
  endMs: number;
  budgets: Budgets;
  idPrefix: string;
}

/** Null where nothing of it was seen. */
export const drawingOf = (definition: ChartDefinition, context: DrawContext): Drawing | null => {
  const { scenario, tracks, grid, budgets, endMs } = context;
  const stack = drawn(definition.stack, definition, tracks, budgets);
  const lines = drawn(definition.lines, definition, tracks, budgets);
  if (stack.length + lines.length === 0) return null;
  const limits = definition.limits?.({ scenario, tracks, budgets }) ?? [];
  const highest = Math.max(highestStack(stack, grid.points), highestOf(lines));
  // A bound far above everything seen would press the data flat: it is then named, not drawn.
  const near = limits.filter(({ value }) => value <= highest * 6);
  return {
    id: `${context.idPrefix}chart-${definition.id}`,
    definition,
    grid,
    unit: unitOf(definition, budgets),
    stack,
    lines,
    limits,
    ...axisOf(definition, lines, Math.max(highest, ...near.map(({ value }) => value))),
    seconds: (endMs - grid.startMs) / 1000,
    ...spansOf(scenario, grid.startMs, endMs),
    violations: violationsOf(scenario, definition.id, (ms) => (ms - grid.startMs) / 1000),
  };
};

export const isQuiet = (drawing: Drawing): boolean => highestOf([...drawing.stack, ...drawing.lines]) === 0;
