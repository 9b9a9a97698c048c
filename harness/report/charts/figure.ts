/** A chart on the page: heading, legend, picture, what it says in words. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import { isQuiet } from './drawing.ts';
import type { Drawing } from './drawing.ts';
import { limitText, svgOf, wide } from './svg.ts';
import type { Geometry } from './svg.ts';
import { describe, tableOf } from './table.ts';

const unitWords: Record<string, string> = {
  '1/s': 'per second',
  's/s': 'seconds per second',
  ms: 'milliseconds',
  s: 'seconds',
};

/** Swatches are classes: the page's policy allows no style attributes. Top of the stack first, as the eye meets it. */
export const legendOf = (drawing: Drawing): Html =>
  html`<ul class="legend">${[
    ...drawing.lines.map(
      ({ title, colour, dash }) =>
        html`<li><span class="swatch line c-${colour}${dash === null ? '' : ' dashed'}"></span>${title}<output></output></li>`,
    ),
    ...drawing.stack
      .toReversed()
      .map(({ title, colour }) => html`<li><span class="swatch c-${colour}"></span>${title}<output></output></li>`),
  ]}</ul>`;

/** Limits that lie too far above the data to be drawn are said. */
const distant = (drawing: Drawing): Html | null => {
  const far = drawing.limits.filter(({ value }) => value > drawing.top);
  return far.length === 0
    ? null
    : html` <span class="far">Not drawn, far above: ${far.map(({ label, value }) => limitText(drawing, label, value)).join(', ')}.</span>`;
};

export const plotOf = async (drawing: Drawing, geometry: Geometry = wide): Promise<Html> =>
  html`<div class="canvas" id="${drawing.id}-canvas">${await svgOf(drawing, geometry, describe(drawing))}</div>`;

export const unitOf = (drawing: Drawing): string => unitWords[drawing.unit] ?? drawing.unit;

export const figureOf = async (drawing: Drawing): Promise<Html> => {
  const { title, reads, quiet } = drawing.definition;
  if (quiet !== undefined && isQuiet(drawing)) {
    return html`<section class="chart quiet" id="${drawing.id}"><h3>${title}</h3><p>${quiet}</p></section>`;
  }
  return html`<section class="chart" id="${drawing.id}"><header><h3>${title} <span class="unit">${unitOf(drawing)}</span></h3>${legendOf(drawing)}</header>
<p class="reads">${reads}${distant(drawing)}</p>${await plotOf(drawing)}${tableOf(drawing)}</section>`;
};
