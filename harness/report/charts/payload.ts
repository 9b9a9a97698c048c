/**
 * What the page carries for its script: the series at full resolution, and what run.json says of the page's entries.
 * Gzip in base64 is a tenth of what plain JSON would weigh. The shape of a chart is told again in browser/types.d.ts.
 */
import { gzipSync } from 'node:zlib';
import { html, trusted } from '../html.ts';
import type { Html } from '../html.ts';
import type { RunResult, ScenarioResult } from '../../result.ts';
import { nearLines } from './drawing.ts';
import type { Drawing, DrawnSeries } from './drawing.ts';
import { phaseTints } from './layers.ts';
import type { Span } from './spans.ts';

/** Four digits are more than a pixel shows. */
const short = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(4)) : null);

const seriesOf = ({ title, colour, dash, values }: DrawnSeries) => ({
  title,
  colour,
  dash,
  values: Array.from(values, short),
});

interface TintedSpan {
  from: number;
  until: number;
  fill: string;
  opacity: number;
}

const tinted = (spans: readonly Span[], fill: string, opacity: number): TintedSpan[] =>
  spans.map(({ from, until }) => ({ from, until, fill, opacity }));

const phaseTint = (phase: Span): TintedSpan[] => {
  const fill = phaseTints[phase.kind];
  return fill === undefined ? [] : tinted([phase], fill, 1);
};

const chartOf = (drawing: Drawing) => ({
  id: drawing.id,
  step: drawing.grid.stepMs / 1000,
  seconds: drawing.seconds,
  bottom: drawing.bottom,
  top: drawing.top,
  log: drawing.chart.scale === 'log',
  unit: drawing.unit,
  stack: drawing.stack.map(seriesOf),
  lines: drawing.lines.map(seriesOf),
  limits: nearLines(drawing).map(({ value, kind }) => ({ value, kind })),
  spans: [
    ...drawing.phases.flatMap(phaseTint),
    ...tinted(drawing.faults, 'fault', 0.16),
    ...tinted(drawing.violations, 'bad', 0.13),
  ],
});

export const payloadOf = (drawings: readonly Drawing[], run: RunResult, scenarios: readonly ScenarioResult[]): Html => {
  const data = { charts: drawings.map(chartOf), run: { ...run, scenarios } };
  const packed = gzipSync(JSON.stringify(data), { level: 6 }).toString('base64');
  return html`<script type="application/octet-stream" id="series">${trusted(packed)}</script>`;
};
