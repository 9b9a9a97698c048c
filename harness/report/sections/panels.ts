/** Variants beside each other: each chart once per variant, on the same axes and scales. */
import { drawingsOf } from '../charts/drawings.ts';
import { isQuiet } from '../charts/drawing.ts';
import type { Drawing, DrawnSeries } from '../charts/drawing.ts';
import { headingOf, plotOf } from '../charts/figure.ts';
import { narrow } from '../charts/geometry.ts';
import { legendOf } from '../charts/legend.ts';
import { tableOf } from '../charts/table.ts';
import type { Budgets, Chart } from '../charts/chart.ts';
import { html, slug } from '../html.ts';
import type { Html } from '../html.ts';
import type { ScenarioResult } from '../../result.ts';
import { alignedWindows } from './aligned-windows.ts';
import type { EntryData } from './entry-data.ts';

interface Panel {
  scenario: ScenarioResult;
  drawing: Drawing;
}

export interface Row {
  chart: Chart;
  panels: Panel[];
}

/** Same ends of both axes in every panel of a row. */
const levelled = (row: Row): Row => {
  const top = Math.max(...row.panels.map(({ drawing }) => drawing.top));
  const bottom = Math.min(...row.panels.map(({ drawing }) => drawing.bottom));
  return {
    ...row,
    panels: row.panels.map(({ scenario, drawing }) => ({ scenario, drawing: { ...drawing, top, bottom } })),
  };
};

const panelsOf = (charts: readonly Chart[], entries: readonly EntryData[], budgets: Budgets): Panel[] => {
  const windows = alignedWindows(entries);
  return entries.flatMap(({ scenario, observations }) => {
    const window = windows.get(scenario.entry);
    if (observations === null || window === undefined) return [];
    const idPrefix = `${slug(scenario.variant)}-`;
    const drawings = drawingsOf(scenario, observations, { charts, budgets, window, idPrefix });
    return drawings.map((drawing) => ({ scenario, drawing }));
  });
};

/** One row a chart that shows anything in any variant. */
export const rowsOf = (charts: readonly Chart[], entries: readonly EntryData[], budgets: Budgets): Row[] => {
  const panels = panelsOf(charts, entries, budgets);
  return charts
    .map((chart) => ({ chart, panels: panels.filter(({ drawing }) => drawing.chart.id === chart.id) }))
    .filter((row) => row.panels.some(({ drawing }) => !isQuiet(drawing)))
    .map(levelled);
};

/** The charts of a scenario that names none: what the app pool believes beside what the database has. */
const usualKeyCharts = ['counts'];

/** The picture that explains: the charts that the scenario names, in its order. */
export const keyRows = (charts: readonly Chart[], entries: readonly EntryData[], budgets: Budgets): Row[] => {
  const named = entries[0]?.scenario.keyCharts ?? [];
  const ids = named.length > 0 ? named : usualKeyCharts;
  const chosen = ids.flatMap((id) => charts.filter((chart) => chart.id === id));
  return rowsOf(chosen, entries, budgets);
};

/** The series that the row's panels draw, each once. */
const seriesOf = (row: Row, key: 'stack' | 'lines'): DrawnSeries[] => [
  ...new Map(row.panels.flatMap(({ drawing }) => drawing[key]).map((series) => [series.id, series])).values(),
];

const panelOf = async ({ scenario, drawing }: Panel): Promise<Html> => {
  const { variant, variantTitle, asExpected } = scenario;
  const remark = `${variantTitle ?? ''}${asExpected === false ? ' · not as expected' : ''}`;
  return html`<div class="panel">
<h4>${variant} <span class="soft">${remark}</span></h4>
${await plotOf(drawing, narrow)}
${tableOf(drawing, variant)}
</div>`;
};

const figureOf = async (row: Row): Promise<Html> => {
  const { chart, panels } = row;
  const made: Html[] = [];
  for (const panel of panels) made.push(await panelOf(panel));
  const legend = legendOf({ stack: seriesOf(row, 'stack'), lines: seriesOf(row, 'lines') });
  return html`<section class="chart" id="chart-${chart.id}">
<header>${headingOf(chart.title, panels[0]!.drawing)}${legend}</header>
<p class="reads">${chart.reads}</p>
<div class="panels">${made}</div>
</section>`;
};

export const figuresOf = async (rows: readonly Row[]): Promise<Html[]> => {
  const figures: Html[] = [];
  for (const row of rows) figures.push(await figureOf(row));
  return figures;
};
