/** Growth on one picture: panels one above the other over one axis, the active jobs. Drawn by Vega-Lite. */
import { escapeText, trusted } from '../html.ts';
import type { Html } from '../html.ts';
import { variable } from './layers.ts';
import { tidyContentOf } from './vega.ts';

export interface GrowthSeries {
  title: string;
  colour: string;
  points: readonly { jobs: number; value: number; kind: 'steady' | 'burst' }[];
  /** Null where no line may be drawn. */
  line: { intercept: number; slope: number } | null;
}

export interface GrowthPanel {
  title: string;
  unit: string;
  series: readonly GrowthSeries[];
  /** Level lines: where a bound or limit is met. */
  levels: readonly { value: number; label: string }[];
}

/** An instant on the axis of jobs at which the first limit is met, and its interval. */
export interface GrowthMark {
  jobs: number;
  low: number | null;
  high: number | null;
}

const columns = 2;
const panel = { width: 452, height: 128, left: 46, top: 26, right: 16, bottom: 26 };
const full = {
  width: panel.left + panel.width + panel.right,
  height: panel.top + panel.height + panel.bottom,
};
/** A level so many times above all that was seen would press the points flat: it is said in the heading instead. */
const farAbove = 5;

const quantitative = (field: string, domain: readonly number[], more: object = {}): object => ({
  field,
  type: 'quantitative',
  scale: { domain, nice: false, clamp: true },
  ...more,
});

const highestSeen = ({ series }: GrowthPanel): number =>
  Math.max(0, ...series.flatMap(({ points }) => points.map(({ value }) => value)));

const near = (drawn: GrowthPanel): GrowthPanel['levels'] =>
  drawn.levels.filter(({ value }) => value <= farAbove * highestSeen(drawn));

const topOf = (drawn: GrowthPanel): number =>
  1.12 * Math.max(highestSeen(drawn), ...near(drawn).map(({ value }) => value), Number.MIN_VALUE);

const pointsLayer = ({ points, colour }: GrowthSeries, x: object, y: object): object => ({
  data: { values: points.map(({ jobs, value, kind }) => ({ jobs, value, kind })) },
  mark: { type: 'point', size: 22, stroke: variable(colour), strokeWidth: 1.3 },
  encoding: {
    x,
    y,
    fill: { condition: { test: "datum.kind === 'steady'", value: variable(colour) }, value: 'transparent' },
  },
});

const lineLayer = ({ line, colour }: GrowthSeries, end: number, top: number, x: object, y: object): object[] => {
  if (line === null) return [];
  const until = line.slope > 0 ? Math.min(end, (top - line.intercept) / line.slope) : end;
  const values = [0, until].map((jobs) => ({ jobs, value: Math.max(0, line.intercept + line.slope * jobs) }));
  return [
    { data: { values }, mark: { type: 'line', stroke: variable(colour), strokeDash: [5, 3] }, encoding: { x, y } },
  ];
};

const levelLayers = (drawn: GrowthPanel, y: object): object[] =>
  near(drawn).flatMap(({ value, label }) => [
    { data: { values: [{ value }] }, mark: { type: 'rule', stroke: variable('bound') }, encoding: { y } },
    {
      data: { values: [{ value, label }] },
      mark: { type: 'text', align: 'left', baseline: 'bottom', dx: 3, dy: -2, fontSize: 10.5, fill: variable('bound') },
      encoding: { x: { value: 0 }, y, text: { field: 'label' } },
    },
  ]);

const markLayers = (mark: GrowthMark | null, end: number, x: object): object[] => {
  if (mark === null) return [];
  const band = { from: mark.low ?? 0, until: Math.min(end, mark.high ?? end) };
  return [
    {
      data: { values: [band] },
      mark: { type: 'rect', fill: variable('burst') },
      encoding: { x: { ...x, field: 'from' }, x2: { field: 'until' } },
    },
    {
      data: { values: [{ jobs: mark.jobs }] },
      mark: { type: 'rule', stroke: variable('bound'), strokeDash: [2, 2] },
      encoding: { x },
    },
  ];
};

const axis = { labelColor: variable('ink-soft'), labelFontSize: 11, title: null, domainColor: variable('rule') };

const specOf = (drawn: GrowthPanel, end: number, mark: GrowthMark | null): object => {
  const top = topOf(drawn);
  const grid = { ...axis, gridColor: variable('rule-soft'), tickColor: variable('rule') };
  const x = quantitative('jobs', [0, end], { axis: { ...grid, grid: false, tickCount: 6 } });
  const y = quantitative('value', [0, top], { axis: { ...grid, domain: false, ticks: false, tickCount: 4 } });
  const { width, height, left, right, bottom } = panel;
  return {
    width,
    height,
    padding: { left, right, top: panel.top, bottom },
    autosize: { type: 'none' },
    background: null,
    config: { aria: false, font: 'inherit', view: { stroke: null } },
    layer: [
      ...markLayers(mark, end, x),
      ...drawn.series.flatMap((series) => [pointsLayer(series, x, y), ...lineLayer(series, end, top, x, y)]),
      ...levelLayers(drawn, y),
    ],
  };
};

/** Heading and names of the series, each with its colour. */
const headingOf = ({ title, unit, series }: GrowthPanel): string => {
  const names = series.map((one) => `<tspan dx="9" fill="var(--${one.colour})">${escapeText(one.title)}</tspan>`);
  const all = series.length > 1 ? names.join('') : '';
  const strong = `<tspan font-weight="600" fill="var(--ink)">${escapeText(title)}</tspan>`;
  return `<text x="4" y="14" font-size="12">${strong}<tspan dx="5" fill="var(--ink-soft)">${unit}</tspan>${all}</text>`;
};

const placed = (content: string, index: number): string => {
  const left = (index % columns) * full.width;
  const top = Math.floor(index / columns) * full.height;
  return `<g transform="translate(${left},${top})">${content}</g>`;
};

/** `end`: where the axis of jobs ends. */
export const growthPicture = async (
  panels: readonly GrowthPanel[],
  end: number,
  mark: GrowthMark | null,
  description: string,
): Promise<Html> => {
  const drawn: string[] = [];
  for (const [index, one] of panels.entries())
    drawn.push(placed(headingOf(one) + (await tidyContentOf(specOf(one, end, mark))), index));
  const size = `0 0 ${columns * full.width} ${Math.ceil(panels.length / columns) * full.height}`;
  return trusted(
    `<svg class="growth-picture" viewBox="${size}" role="img" aria-labelledby="growth-title growth-desc">` +
      `<title id="growth-title">Growth with the load</title>` +
      `<desc id="growth-desc">${escapeText(description)}</desc>${drawn.join('')}</svg>`,
  );
};
