import { state } from './state.js';

/** @typedef {import('./types.d.ts').LiveChart} LiveChart */

/** @param {LiveChart} chart @param {number} seconds */
export const x = ({ box }, seconds) => {
  const { from, until } = state.view;
  return box.left + ((seconds - from) / (until - from)) * box.width;
};

/** How far up the axis a value stands, 0 to 1. @param {LiveChart} chart @param {number} value */
const heightOf = ({ bottom, top, log }, value) => {
  const kept = Math.max(bottom, Math.min(value, top));
  return log ? Math.log(kept / bottom) / Math.log(top / bottom) : kept / top;
};

/** @param {LiveChart} chart @param {number} value */
export const y = (chart, value) => chart.box.top + chart.box.height * (1 - heightOf(chart, value));

/** @param {LiveChart} chart @param {number} seconds */
export const indexAt = ({ seconds: length, step }, seconds) =>
  Math.max(0, Math.min(Math.ceil(length / step) - 1, Math.floor(seconds / step)));
