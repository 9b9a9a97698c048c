import { element, spoken, tip } from './elements.js';
import { indexAt, x } from './scales.js';
import { state } from './state.js';
import { clock, figure } from './words.js';

/** @typedef {import('./types.d.ts').LiveChart} LiveChart */

/** @param {LiveChart} chart @param {number | null} seconds null hides the cross-hair */
const pointOne = (chart, seconds) => {
  chart.cross.setAttribute('visibility', seconds === null ? 'hidden' : 'visible');
  if (seconds !== null) {
    const at = String(x(chart, seconds));
    chart.cross.setAttribute('x1', at);
    chart.cross.setAttribute('x2', at);
  }
  for (const [index, output] of chart.outputs.entries())
    output.textContent = seconds === null ? '' : figure(chart.ordered[index]?.values[indexAt(chart, seconds)]);
};

/** The same instant in all charts. @param {number | null} seconds */
export const point = (seconds) => {
  const { charts, view } = state;
  state.cursor = seconds;
  const shown = seconds !== null && seconds >= view.from && seconds <= view.until ? seconds : null;
  for (const chart of charts) pointOne(chart, shown);
};

/** Beside the pointer, on the side where there is room. @param {number} left @param {number} top */
const placeTip = (left, top) => {
  const { width, height } = tip.getBoundingClientRect();
  const fitsRight = left + 18 + width <= innerWidth;
  tip.style.left = `${fitsRight ? left + 18 : left - width - 18}px`;
  tip.style.top = `${Math.max(4, Math.min(innerHeight - height - 4, top - height / 2))}px`;
};

/** @param {LiveChart} chart @param {number} left @param {number} top */
export const showTip = (chart, left, top) => {
  if (state.cursor === null) return;
  const index = indexAt(chart, state.cursor);
  const rows = chart.ordered.map(({ colour, title, values }) => {
    const row = element('div', '');
    row.append(element('span', `swatch c-${colour}`), title, element('i', '', figure(values[index])));
    return row;
  });
  tip.replaceChildren(element('b', '', clock(state.cursor)), ...rows);
  tip.hidden = false;
  placeTip(left, top);
};

/** To those who read with their ears. @param {LiveChart} chart */
export const say = (chart) => {
  if (state.cursor === null) return;
  const index = indexAt(chart, state.cursor);
  const values = chart.ordered.map((series) => `${series.title} ${figure(series.values[index])}`);
  spoken.textContent = `${clock(state.cursor)}: ${values.join(', ')}`;
};
