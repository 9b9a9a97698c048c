/** A chart's series by name and colour. The page's script writes the values under the pointer into `output`. */
import { html } from '../html.ts';
import type { Html } from '../html.ts';
import type { DrawnSeries } from './drawing.ts';

/** Swatches are classes: the page's policy allows no style attributes. */
export const lineSwatch = ({ colour, dash }: Pick<DrawnSeries, 'colour' | 'dash'>): Html =>
  html`<span class="swatch line c-${colour}${dash === null ? '' : ' dashed'}"></span>`;

const lineItem = (line: DrawnSeries): Html => html`<li>${lineSwatch(line)}${line.title}<output></output></li>`;

const areaItem = ({ colour, title }: DrawnSeries): Html =>
  html`<li><span class="swatch c-${colour}"></span>${title}<output></output></li>`;

/** Top of the stack first, as the eye meets it. */
export const legendOf = ({ lines, stack }: { lines: readonly DrawnSeries[]; stack: readonly DrawnSeries[] }): Html =>
  html`<ul class="legend">${lines.map(lineItem)}${stack.toReversed().map(areaItem)}</ul>`;
