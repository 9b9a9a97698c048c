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

/** Where a drag began, by chart; a chart that is not dragged over has none. @type {Map<LiveChart, number>} */
const dragStarts = new Map();

/** @param {LiveChart} chart @param {PointerEvent} event */
const pressPointer = (chart, event) => {
  if (event.pointerType === 'touch' || event.button !== 0) return;
  dragStarts.set(chart, secondsUnder(chart, event));
  chart.overlay.setPointerCapture(event.pointerId);
};

/** @param {LiveChart} chart @param {PointerEvent} event */
const movePointer = (chart, event) => {
  const now = secondsUnder(chart, event);
  point(now);
  showTip(chart, event.clientX, event.clientY);
  const from = dragStarts.get(chart);
  if (from !== undefined) markSelection(chart, from, now);
};

/** @param {LiveChart} chart @param {PointerEvent} event */
const releasePointer = (chart, event) => {
  const from = dragStarts.get(chart);
  dragStarts.delete(chart);
  chart.selection.setAttribute('width', '0');
  if (from === undefined || event.type !== 'pointerup') return;
  const now = secondsUnder(chart, event);
  if (Math.abs(x(chart, from) - x(chart, now)) > shortestDrag) zoom(Math.min(from, now), Math.max(from, now));
};

/** @param {LiveChart} chart */
const leavePointer = (chart) => {
  tip.hidden = true;
  if (!dragStarts.has(chart)) point(null);
};

/** Moving reads values, dragging zooms. @param {LiveChart} chart */
export const followPointer = (chart) => {
  const { overlay } = chart;
  overlay.addEventListener('pointerdown', (event) => pressPointer(chart, event));
  overlay.addEventListener('pointermove', (event) => movePointer(chart, event));
  overlay.addEventListener('pointerup', (event) => releasePointer(chart, event));
  overlay.addEventListener('pointercancel', (event) => releasePointer(chart, event));
  overlay.addEventListener('pointerleave', () => leavePointer(chart));
};
