import { shape } from './elements.js';

/**
 * @typedef {import('./types.d.ts').Box} Box
 * @typedef {import('./types.d.ts').Chart} Chart
 * @typedef {import('./types.d.ts').LiveChart} LiveChart
 */

/** @param {SVGSVGElement} plot @returns {Box} */
const boxOf = (plot) => {
  const [left = 0, top = 0, width = 0, height = 0] = (plot.dataset.box ?? '').split(' ').map(Number);
  return { left, top, width, height };
};

/** The picture's own title would pop up as a browser tooltip beside ours. @param {SVGSVGElement} plot */
const takeTitle = (plot) => {
  const title = plot.querySelector('title');
  const text = title?.textContent ?? '';
  plot.setAttribute('aria-label', text);
  plot.removeAttribute('aria-labelledby');
  title?.remove();
  return text;
};

/** @param {HTMLElement} canvas @param {string} title */
const makeFocusable = (canvas, title) => {
  canvas.tabIndex = 0;
  canvas.setAttribute('role', 'group');
  canvas.setAttribute('aria-label', `${title}: arrow keys read values, plus and minus zoom, Escape shows all`);
};

/** @param {SVGSVGElement} plot @param {Box} box */
const overlayFor = (plot, { top, height }) => {
  const viewBox = plot.getAttribute('viewBox') ?? '';
  const overlay = shape('svg', { class: 'overlay', viewBox, 'aria-hidden': 'true' });
  const sheet = shape('g');
  const selection = shape('rect', { class: 'selection', y: top, height, width: 0 });
  const cross = shape('line', { class: 'cross', y1: top, y2: top + height, visibility: 'hidden' });
  overlay.append(sheet, selection, cross);
  return { overlay, sheet, selection, cross };
};

/**
 * Lays the overlay over the chart's picture; null where the page has no such picture.
 * @param {Chart} chart @returns {LiveChart | null}
 */
export const enliven = (chart) => {
  const canvas = document.getElementById(`${chart.id}-canvas`);
  const plot = /** @type {SVGSVGElement | null} */ (canvas?.querySelector('svg.plot') ?? null);
  if (canvas === null || plot === null) return null;
  const box = boxOf(plot);
  const laid = overlayFor(plot, box);
  makeFocusable(canvas, takeTitle(plot));
  canvas.append(laid.overlay);
  const around = canvas.closest('.panel') ?? canvas.closest('.chart');
  const outputs = /** @type {HTMLOutputElement[]} */ ([...(around?.querySelectorAll('.legend output') ?? [])]);
  return { ...chart, ...laid, canvas, box, outputs, ordered: [...chart.lines, ...chart.stack.toReversed()] };
};
