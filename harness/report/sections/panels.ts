/** Variants beside each other: each chart once per variant, on the same axes and scales. */
import { chartDefinitions, countsDefinition, dispatchedDefinition } from '../charts/definitions.ts';
import type { Budgets, ChartDefinition } from '../charts/definitions.ts';
import { isQuiet } from '../charts/drawing.ts';
import type { Drawing } from '../charts/drawing.ts';
import { legendOf, plotOf, unitOf } from '../charts/figure.ts';
import { narrow } from '../charts/svg.ts';
import { tableOf } from '../charts/table.ts';
import { html, slug } from '../html.ts';
import type { Html } from '../html.ts';
import { drawingsOf, windowOf } from './story.ts';
import type { Observations } from '../../measure/observations.ts';
import type { ScenarioResult, Verdict } from '../../result.ts';

export interface Seen { scenario: ScenarioResult; observations: Observations | null }
export interface Panel { scenario: ScenarioResult; drawing: Drawing }
export interface Row { definition: ChartDefinition; panels: Panel[] }

/** What happens before the first phase counts in an incident: a start is where herds form. */
const longestPrerollMs = 15_000;

const firstSampleMs = (observations: Observations): number =>
  observations.series.reduce((least, { tMs }) => Math.min(least, tMs[0] ?? Infinity), Infinity);

interface Window { startMs: number; endMs: number }

/** The same length of time for each variant, begun equally long before its first phase. */
const windowsOf = (seen: readonly Seen[]): Map<string, Window> => {
  const own = seen.flatMap(({ scenario, observations }) => (observations === null ? [] : [{ entry: scenario.entry, first: firstSampleMs(observations), ...windowOf(scenario, observations) }]));
  const preroll = Math.max(0, ...own.map(({ first, startMs }) => Math.min(longestPrerollMs, Number.isFinite(first) ? startMs - first : 0)));
  const length = Math.max(1000, ...own.map(({ startMs, endMs }) => endMs - startMs));
  return new Map(own.map(({ entry, startMs }) => [entry, { startMs: startMs - preroll, endMs: startMs + length }]));
};

/** Same ends of both axes in every panel of a row. */
const levelled = (row: Row): Row => {
  const top = Math.max(...row.panels.map(({ drawing }) => drawing.top));
  const bottom = Math.min(...row.panels.map(({ drawing }) => drawing.bottom));
  return { ...row, panels: row.panels.map(({ scenario, drawing }) => ({ scenario, drawing: { ...drawing, top, bottom } })) };
};

const rowsFor = (definitions: readonly ChartDefinition[], seen: readonly Seen[], budgets: Budgets): Row[] => {
  const windows = windowsOf(seen);
  const drawn = seen.flatMap(({ scenario, observations }) => {
    const window = windows.get(scenario.entry);
    return observations === null || window === undefined ? []
      : drawingsOf(scenario, observations, { budgets, definitions, window, idPrefix: `${slug(scenario.variant)}-` }).map((drawing) => ({ scenario, drawing }));
  });
  return definitions.map((definition) => ({ definition, panels: drawn.filter(({ drawing }) => drawing.definition.id === definition.id) }))
    .filter(({ panels }) => panels.some(({ drawing }) => !isQuiet(drawing))).map(levelled);
};

/** The picture that explains: schedules where there are any, else the two counts of connections. */
export const keyRows = (seen: readonly Seen[], budgets: Budgets): Row[] => {
  const [dispatched] = rowsFor([dispatchedDefinition], seen, budgets);
  return dispatched === undefined ? rowsFor([countsDefinition], seen, budgets) : [dispatched];
};

export const storyRows = (seen: readonly Seen[], budgets: Budgets): Row[] => rowsFor(chartDefinitions, seen, budgets);

/** One legend for the row: what any of its panels shows. */
const sharedLegend = (row: Row): Html => {
  const [first] = row.panels;
  const union = (key: 'stack' | 'lines') => [...new Map(row.panels.flatMap(({ drawing }) => drawing[key]).map((series) => [series.id, series])).values()];
  return legendOf({ ...first!.drawing, stack: union('stack'), lines: union('lines') });
};

/** As expected or not, which for a broken variant is not the same as passing. */
export const expectedVerdict = ({ asExpected }: ScenarioResult): Verdict => (asExpected === null ? 'inconclusive' : asExpected ? 'pass' : 'fail');

const panelOf = async ({ scenario, drawing }: Panel): Promise<Html> => html`<div class="panel"><h4>${scenario.variant} <span class="soft">${scenario.variantTitle ?? ''}${scenario.asExpected === false ? ' · not as expected' : ''}</span></h4>${await plotOf(drawing, narrow)}${tableOf(drawing, scenario.variant)}</div>`;

export const rowOf = async (row: Row): Promise<Html> => {
  const { definition, panels } = row;
  const made: Html[] = [];
  for (const panel of panels) made.push(await panelOf(panel));
  return html`<section class="chart" id="chart-${definition.id}"><header><h3>${definition.title} <span class="unit">${unitOf(panels[0]!.drawing)}</span></h3>${sharedLegend(row)}</header>
<p class="reads">${definition.reads}</p><div class="panels">${made}</div></section>`;
};
