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
import type { Observations } from '../../measure/tracks/observations.ts';
import type { ScenarioResult } from '../../result.ts';

export interface Seen {
  scenario: ScenarioResult;
  observations: Observations | null;
}
export interface Panel {
  scenario: ScenarioResult;
  drawing: Drawing;
}
export interface Row {
  definition: ChartDefinition;
  panels: Panel[];
}

/** What happens before the first phase counts in an incident: a start is where herds form. */
const longestPrerollMs = 15_000;

const firstSampleMs = (observations: Observations): number =>
  observations.series.reduce((least, { tMs }) => Math.min(least, tMs[0] ?? Infinity), Infinity);

interface Window {
  startMs: number;
  endMs: number;
}

const beforeStartMs = 500;

/** Where an entry begins: half a second before its service started, where that is known, else at its first sample before the first phase. */
const beginOf = (scenario: ScenarioResult, observations: Observations, phaseMs: number): number => {
  const started = scenario.steps.find((step) => step.do === 'start' && step.atMs <= phaseMs);
  const first = started === undefined ? firstSampleMs(observations) : started.atMs - beforeStartMs;
  return Math.max(phaseMs - longestPrerollMs, Math.min(phaseMs, first));
};

/** The same length of time for each variant, from the same moment of its life. */
export const windowsOf = (seen: readonly Seen[]): Map<string, Window> => {
  const own = seen.flatMap(({ scenario, observations }) => {
    if (observations === null) return [];
    const { startMs, endMs } = windowOf(scenario, observations);
    return [{ entry: scenario.entry, beginMs: beginOf(scenario, observations, startMs), endMs }];
  });
  const length = Math.max(1000, ...own.map(({ beginMs, endMs }) => endMs - beginMs));
  return new Map(own.map(({ entry, beginMs }) => [entry, { startMs: beginMs, endMs: beginMs + length }]));
};

/** Same ends of both axes in every panel of a row. */
const levelled = (row: Row): Row => {
  const top = Math.max(...row.panels.map(({ drawing }) => drawing.top));
  const bottom = Math.min(...row.panels.map(({ drawing }) => drawing.bottom));
  return {
    ...row,
    panels: row.panels.map(({ scenario, drawing }) => ({ scenario, drawing: { ...drawing, top, bottom } })),
  };
};

const rowsFor = (definitions: readonly ChartDefinition[], seen: readonly Seen[], budgets: Budgets): Row[] => {
  const windows = windowsOf(seen);
  const drawn = seen.flatMap(({ scenario, observations }) => {
    const window = windows.get(scenario.entry);
    return observations === null || window === undefined
      ? []
      : drawingsOf(scenario, observations, {
          budgets,
          definitions,
          window,
          idPrefix: `${slug(scenario.variant)}-`,
        }).map((drawing) => ({ scenario, drawing }));
  });
  return definitions
    .map((definition) => ({
      definition,
      panels: drawn.filter(({ drawing }) => drawing.definition.id === definition.id),
    }))
    .filter(({ panels }) => panels.some(({ drawing }) => !isQuiet(drawing)))
    .map(levelled);
};

const highest = (row: Row | undefined, track: string): number =>
  Math.max(
    0,
    ...(row?.panels ?? [])
      .flatMap(({ drawing }) => drawing.lines.filter(({ id }) => id === track))
      .map(({ values }) => values.reduce((most, value) => (value > most ? value : most), 0)),
  );

/** The picture that explains: the dispatches where a schedule is there twice, the two counts of connections where anyone waited for one, or nothing else tells. */
export const keyRows = (seen: readonly Seen[], budgets: Budgets): Row[] => {
  const [dispatched] = rowsFor([dispatchedDefinition], seen, budgets);
  const [counts] = rowsFor([countsDefinition], seen, budgets);
  const doubled = highest(dispatched, 'schedules.total') > 1;
  return [
    doubled ? dispatched : undefined,
    highest(counts, 'pool.pending') > 0 || !doubled ? counts : undefined,
  ].filter((row) => row !== undefined);
};

export const storyRows = (seen: readonly Seen[], budgets: Budgets): Row[] => rowsFor(chartDefinitions, seen, budgets);

/** One legend for the row: what any of its panels shows. */
const sharedLegend = (row: Row): Html => {
  const [first] = row.panels;
  const union = (key: 'stack' | 'lines') => [
    ...new Map(row.panels.flatMap(({ drawing }) => drawing[key]).map((series) => [series.id, series])).values(),
  ];
  return legendOf({ ...first!.drawing, stack: union('stack'), lines: union('lines') });
};

const panelOf = async ({ scenario, drawing }: Panel): Promise<Html> =>
  html`<div class="panel"><h4>${scenario.variant} <span class="soft">${scenario.variantTitle ?? ''}${scenario.asExpected === false ? ' · not as expected' : ''}</span></h4>${await plotOf(drawing, narrow)}${tableOf(drawing, scenario.variant)}</div>`;

export const rowOf = async (row: Row): Promise<Html> => {
  const { definition, panels } = row;
  const made: Html[] = [];
  for (const panel of panels) made.push(await panelOf(panel));
  return html`<section class="chart" id="chart-${definition.id}"><header><h3>${definition.title} <span class="unit">${unitOf(panels[0]!.drawing)}</span></h3>${sharedLegend(row)}</header>
<p class="reads">${definition.reads}</p><div class="panels">${made}</div></section>`;
};
