/** For the page's script: the series at full resolution, and what run.json says of the page's entries. Gzip in base64, a tenth of what plain JSON would weigh. */
import { gzipSync } from 'node:zlib';
import { html, trusted } from '../html.ts';
import type { Html } from '../html.ts';
import type { RunResult, ScenarioResult } from '../../result.ts';
import type { Drawing, Drawn } from './drawing.ts';
import { tints } from './svg.ts';

/** Four digits are more than a pixel shows. */
const short = (value: number): number | null => (Number.isFinite(value) ? Number(value.toPrecision(4)) : null);

const seriesOf = ({ title, colour, dash, values }: Drawn) => ({
  title,
  colour,
  dash,
  values: Array.from(values, short),
});

export const payloadOf = (drawings: readonly Drawing[], run: RunResult, scenarios: readonly ScenarioResult[]): Html => {
  const charts = drawings.map((drawing) => ({
    id: drawing.id,
    step: drawing.grid.stepMs / 1000,
    seconds: drawing.seconds,
    bottom: drawing.bottom,
    top: drawing.top,
    log: drawing.definition.scale === 'log',
    unit: drawing.unit,
    stack: drawing.stack.map(seriesOf),
    lines: drawing.lines.map(seriesOf),
    limits: drawing.limits.filter(({ value }) => value <= drawing.top).map(({ value, kind }) => ({ value, kind })),
    spans: [
      ...drawing.phases.flatMap(({ from, until, kind }) =>
        tints[kind] === undefined ? [] : [{ from, until, fill: tints[kind], opacity: 1 }],
      ),
      ...drawing.faults.map(({ from, until }) => ({ from, until, fill: 'fault', opacity: 0.16 })),
      ...drawing.violations.map(({ from, until }) => ({ from, until, fill: 'bad', opacity: 0.13 })),
    ],
  }));
  const packed = gzipSync(JSON.stringify({ charts, run: { ...run, scenarios } }), { level: 6 }).toString('base64');
  return html`<script type="application/octet-stream" id="series">${trusted(packed)}</script>`;
};
