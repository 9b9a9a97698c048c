import { point } from './cursor.js';
import { reset, shape, tip } from './elements.js';
import { state } from './state.js';
import { limitShapes, lineShape, spanShapes, stackShapes, tickShapes } from './zoomed-shapes.js';

/** @param {import('./types.d.ts').LiveChart} chart */
const drawZoomed = (chart) => {
  const { left, top, width, height } = chart.box;
  const clip = shape('svg', {
    x: left,
    y: top - 6,
    width,
    height: height + 6,
    viewBox: `${left} ${top - 6} ${width} ${height + 6}`,
  });
  clip.append(
    ...spanShapes(chart),
    ...stackShapes(chart),
    ...chart.lines.map((series) => lineShape(chart, series)),
    ...limitShapes(chart),
  );
  const sheet = shape('rect', { class: 'sheet', x: left - 1, y: 0, width: width + 20, height: top + height + 30 });
  chart.sheet.replaceChildren(sheet, clip, ...tickShapes(chart));
};

/** Shows on the strip of phases which part is drawn. @param {boolean} whole */
const frameTracks = (whole) => {
  const { view, length } = state;
  const { left, width } = state.charts[0]?.box ?? { left: 0, width: 1 };
  for (const track of document.querySelectorAll('svg.track')) {
    track.querySelector('.window')?.remove();
    if (whole) continue;
    const x = left + (view.from / length) * width;
    track.append(
      shape('rect', { class: 'window', x, width: ((view.until - view.from) / length) * width, y: 1, height: 29 }),
    );
  }
};

/**
 * Shows this part of the time axis in all charts, but never less than a few values.
 * @param {number} from @param {number} until
 */
export const zoom = (from, until) => {
  const { charts, length } = state;
  const least = Math.max(0.5, 4 * (charts[0]?.step ?? 1));
  const middle = (from + until) / 2;
  const half = Math.max(least, until - from) / 2;
  state.view = { from: Math.max(0, middle - half), until: Math.min(length, middle + half) };
  const whole = state.view.from <= 0 && state.view.until >= length;
  reset.hidden = whole;
  tip.hidden = true;
  frameTracks(whole);
  for (const chart of charts) {
    if (whole) chart.sheet.replaceChildren();
    else drawZoomed(chart);
  }
  point(state.cursor);
};

export const zoomOut = () => zoom(0, state.length);
