import { point, say } from './cursor.js';
import { state } from './state.js';
import { zoom, zoomOut } from './zoom.js';

/** @typedef {import('./types.d.ts').LiveChart} LiveChart */

/** @param {LiveChart} chart @param {KeyboardEvent} event @returns {Record<string, () => void>} */
const actionsOf = ({ step }, { shiftKey }) => {
  const { from, until } = state.view;
  const stride = step * (shiftKey ? 10 : 1);
  const at = state.cursor ?? (from + until) / 2;
  const quarter = (until - from) / 4;
  return {
    ArrowRight: () => point(Math.min(until, at + stride)),
    ArrowLeft: () => point(Math.max(from, at - stride)),
    Home: () => point(from),
    End: () => point(until - step / 2),
    '+': () => zoom(at - quarter, at + quarter),
    '-': () => zoom(at - quarter * 4, at + quarter * 4),
    0: zoomOut,
    Escape: () => {
      zoomOut();
      point(null);
    },
  };
};

/** @param {LiveChart} chart */
export const followKeyboard = (chart) => {
  chart.canvas.addEventListener('keydown', (event) => {
    const action = actionsOf(chart, event)[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
    say(chart);
  });
};
