import { shape } from './elements.js';
import { indexAt, x, y } from './scales.js';
import { state } from './state.js';
import { clock } from './words.js';

/**
 * @typedef {import('./types.d.ts').LiveChart} LiveChart
 * @typedef {import('./types.d.ts').Series} Series
 * @typedef {[at: number, low: number, high: number]} Slice
 */

/** @param {LiveChart} chart @param {number} index */
const middleOf = (chart, index) => x(chart, (index + 0.5) * chart.step);

/** There along the upper edge, back along the lower. @param {readonly Slice[]} slices */
const closedPath = (slices) => {
  if (slices.length === 0) return '';
  const there = slices.map(([at, , high]) => `${at.toFixed(1)},${high.toFixed(1)}`);
  const back = slices.toReversed().map(([at, low]) => `${at.toFixed(1)},${low.toFixed(1)}`);
  return `M${there.join('L')}L${back.join('L')}Z`;
};

/** @param {LiveChart} chart @param {(index: number) => [number, number] | null} edge first and last y of a bucket */
const outline = (chart, edge) => {
  let path = '';
  /** @type {Slice[]} */
  let slices = [];
  for (let index = indexAt(chart, state.view.from); index <= indexAt(chart, state.view.until); index += 1) {
    const ends = edge(index);
    if (ends !== null) slices.push([middleOf(chart, index), ...ends]);
    else {
      path += closedPath(slices);
      slices = [];
    }
  }
  return path + closedPath(slices);
};

/** @param {LiveChart} chart */
export const stackShapes = (chart) => {
  const base = new Float64Array(Math.ceil(chart.seconds / chart.step) + 1);
  return chart.stack.map((series) => {
    const path = outline(chart, (index) => {
      const value = series.values[index];
      if (value === undefined) return null;
      const low = base[index] ?? 0;
      base[index] = low + (value ?? 0);
      return [y(chart, low), y(chart, base[index] ?? 0)];
    });
    return shape('path', { d: path, fill: `var(--${series.colour})`, opacity: 0.88 });
  });
};

/** @param {LiveChart} chart @param {Series} series */
export const lineShape = (chart, series) => {
  let path = '';
  let pen = 'M';
  for (let index = indexAt(chart, state.view.from); index <= indexAt(chart, state.view.until); index += 1) {
    const value = series.values[index];
    if (value === null || value === undefined) pen = 'M';
    else {
      path += `${pen}${middleOf(chart, index).toFixed(1)},${y(chart, value).toFixed(1)}`;
      pen = 'L';
    }
  }
  return shape('path', {
    d: path,
    fill: 'none',
    stroke: `var(--${series.colour})`,
    'stroke-width': 1.8,
    'stroke-dasharray': series.dash ?? 'none',
  });
};

const tickSteps = [0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];

/** @param {LiveChart} chart */
export const tickShapes = (chart) => {
  const { from, until } = state.view;
  const { top, width, height } = chart.box;
  const step = tickSteps.find((candidate) => (until - from) / candidate <= width / 75) ?? 7200;
  const shapes = [];
  for (let at = Math.ceil(from / step) * step; at <= until; at += step) {
    const label = shape('text', { x: x(chart, at), y: top + height + 16 });
    label.textContent = clock(at).replace(' min', '');
    shapes.push(label);
  }
  return shapes;
};

/** Phases, faults and violations, as tinted stretches. @param {LiveChart} chart */
export const spanShapes = (chart) =>
  chart.spans.map(({ from, until, fill, opacity }) =>
    shape('rect', {
      x: x(chart, from),
      y: chart.box.top,
      width: Math.max(1, x(chart, until) - x(chart, from)),
      height: chart.box.height,
      fill: `var(--${fill})`,
      opacity,
    }),
  );

/** @param {LiveChart} chart */
export const limitShapes = (chart) =>
  chart.limits.map(({ value, kind }) =>
    shape('line', {
      x1: chart.box.left,
      x2: chart.box.left + chart.box.width,
      y1: y(chart, value),
      y2: y(chart, value),
      stroke: `var(--${kind === 'bound' ? 'bound' : 'ink-soft'})`,
      'stroke-dasharray': kind === 'bound' ? 'none' : '1 3',
    }),
  );
