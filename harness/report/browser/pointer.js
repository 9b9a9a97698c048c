import { point, showTip } from './cursor.js';
import { tip } from './elements.js';
import { x } from './scales.js';
import { state } from './state.js';
import { zoom } from './zoom.js';

/** @typedef {import('./types.d.ts').LiveChart} LiveChart */

/** A shorter drag is a click that slipped. In the picture's units. */
const shortestDrag = 8;

/** @param {LiveChart} chart @param {PointerEvent} event */
const secondsUnder = ({ overlay, box }, event) => {
  const area = overlay.getBoundingClientRect();
  const unit = (event.clientX - area.left) * (overlay.viewBox.baseVal.width / area.width);
  const share = Math.max(0, Math.min(1, (unit - box.left) / box.width));
  return state.view.from + share * (state.view.until - state.view.from);
};

/** @param {LiveChart} chart @param {number} from @param {number} until */
const markSelection = (chart, from, until) => {
  chart.selection.setAttribute('x', String(Math.min(x(chart, from), x(chart, until))));
  chart.selection.setAttribute('width', String(Math.abs(x(chart, from) - x(chart, until))));
};

/** Moving reads values, dragging zooms. @param {LiveChart} chart */
export const followPointer = (chart) => {
  /** @type {number | null} */
  let dragged = null;
  chart.overlay.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'touch' || event.button !== 0) return;
    dragged = secondsUnder(chart, event);
    chart.overlay.setPointerCapture(event.pointerId);
  });
  chart.overlay.addEventListener('pointermove', (event) => {
    const now = secondsUnder(chart, event);
    point(now);
    showTip(chart, event.clientX, event.clientY);
    if (dragged !== null) markSelection(chart, dragged, now);
  });
  const end = (/** @type {PointerEvent} */ event) => {
    const from = dragged;
    dragged = null;
    chart.selection.setAttribute('width', '0');
    if (from === null || event.type !== 'pointerup') return;
    const now = secondsUnder(chart, event);
    if (Math.abs(x(chart, from) - x(chart, now)) > shortestDrag) zoom(Math.min(from, now), Math.max(from, now));
  };
  chart.overlay.addEventListener('pointerup', end);
  chart.overlay.addEventListener('pointercancel', end);
  chart.overlay.addEventListener('pointerleave', () => {
    tip.hidden = true;
    if (dragged === null) point(null);
  });
};
