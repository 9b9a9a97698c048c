/** A chart on the page: heading, legend, picture, what it says in words. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { farLines, isQuiet } from './drawing.ts';
import type { Drawing } from './drawing.ts';
import { wide } from './geometry.ts';
import type { Geometry } from './geometry.ts';
import { referenceText } from './layers.ts';
import { legendOf } from './legend.ts';
import { svgOf } from './svg.ts';
import { describe, tableOf } from './table.ts';

const unitWords: Record<string, string> = {
  '1/s': 'per second',
  's/s': 'seconds per second',
  ms: 'milliseconds',
  s: 'seconds',
};

/** Lines that lie too far above the data to be drawn are said. */
const distant = (drawing: Drawing): Html | null => {
  const said = farLines(drawing).map((line) => referenceText(drawing, line));
  return said.length === 0 ? null : html` <span class="far">Not drawn, far above: ${said.join(', ')}.</span>`;
};

export const plotOf = async (drawing: Drawing, geometry: Geometry = wide): Promise<Html> => {
  const svg = await svgOf(drawing, geometry, describe(drawing));
  return html`<div class="canvas" id="${drawing.id}-canvas">${svg}</div>`;
};

export const headingOf = (title: string, { unit }: Drawing): Html =>
  html`<h3>${title} <span class="unit">${unitWords[unit] ?? unit}</span></h3>`;

export const figureOf = async (drawing: Drawing): Promise<Html> => {
  const { title, reads, quiet } = drawing.chart;
  if (quiet !== undefined && isQuiet(drawing))
    return html`<section class="chart quiet" id="${drawing.id}"><h3>${title}</h3><p>${quiet}</p></section>`;
  return html`<section class="chart" id="${drawing.id}">
<header>${headingOf(title, drawing)}${legendOf(drawing)}</header>
<p class="reads">${reads}${distant(drawing)}</p>
${await plotOf(drawing)}
${tableOf(drawing)}
</section>`;
};
