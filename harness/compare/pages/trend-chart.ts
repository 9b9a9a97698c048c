/** One figure over all runs: dots, stretches between changes, the criterion's bounds. Inline SVG, no script. */
import { parse, View } from 'vega';
import { compile } from 'vega-lite';
import type { TopLevelSpec } from 'vega-lite';
import { escapeText, trusted } from '../../report/html.ts';
import type { Html } from '../../report/html.ts';
import type { HistoryRun } from '../history.ts';
import type { Trend } from '../trend.ts';

import { formatChange, formatValue } from '../../measure/numbers-in-words.ts';

const size = { width: 1040, height: 160, left: 56, right: 44, top: 16, bottom: 24 };
const variable = (name: string): string => `var(--${name})`;
const quantitative = { type: 'quantitative' } as const;

const stretches = ({ points, changes }: Trend): { from: number; until: number; mean: number }[] => {
  const borders = [0, ...changes.map(({ index }) => index), points.length];
  return borders.slice(1).map((end, position) => {
    const part = points.slice(borders[position], end);
    return {
      from: part[0]!.run,
      until: part.at(-1)!.run,
      mean: part.reduce((total, { value }) => total + value, 0) / part.length,
    };
  });
};

/** Not from 0: what is looked for are changes of some percent. A bound far above everything would press them flat. */
const domainOf = ({ points, bounds }: Trend): { low: number; high: number } => {
  const values = points.map(({ value }) => value);
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const near = bounds.map(({ value }) => value).filter((value) => value > lowest * 0.7 && value < highest * 1.5);
  const [low, high] = [Math.min(lowest, ...near), Math.max(highest, ...near)];
  // A quarter below and above: the lowest dot stays clear of the labels at the foot.
  const room = (high - low || Math.abs(high) || 1) * 0.25;
  const wide = Math.max(room, Math.abs(high) * 0.05);
  return { low: lowest >= 0 ? Math.max(0, low - wide) : low - wide, high: high + wide };
};

/** Bounds that the drawing does not reach, in words. */
export const hiddenBoundsText = (trend: Trend): string => {
  const { low, high } = domainOf(trend);
  return trend.bounds
    .filter(({ value }) => value < low || value > high)
    .map(
      ({ value, severity }) =>
        `bound ${formatValue(value, trend.unit)}${severity === 'warn' ? ' (warning)' : ''}, ${value > high ? 'above' : 'below'} what is drawn`,
    )
    .join(' · ');
};

const layers = (trend: Trend, runs: readonly HistoryRun[]): object[] => [
  {
    data: {
      values: trend.changes.map((change) => ({
        x: trend.points[change.index]!.run - 0.5,
        text: `${formatChange(change.relative)}`,
      })),
    },
    mark: { type: 'rule', stroke: variable('fault'), strokeDash: [4, 3] },
    encoding: { x: { field: 'x', ...quantitative } },
  },
  {
    data: { values: stretches(trend) },
    mark: { type: 'rule', stroke: variable('orange'), strokeWidth: 2 },
    encoding: { x: { field: 'from', ...quantitative }, x2: { field: 'until' }, y: { field: 'mean', ...quantitative } },
  },
  {
    data: { values: trend.bounds.filter(({ value }) => value >= domainOf(trend).low && value <= domainOf(trend).high) },
    mark: { type: 'rule', stroke: variable('bound'), strokeWidth: 1.3 },
    encoding: { y: { field: 'value', ...quantitative } },
  },
  {
    data: { values: trend.points },
    mark: { type: 'line', stroke: variable('pale'), strokeWidth: 1 },
    encoding: { x: { field: 'run', ...quantitative }, y: { field: 'value', ...quantitative } },
  },
  {
    data: { values: trend.points },
    mark: { type: 'circle', fill: variable('blue'), opacity: 1, size: 26 },
    encoding: { x: { field: 'run', ...quantitative }, y: { field: 'value', ...quantitative } },
  },
  ...changeLabels(trend),
  ...releaseLabels(trend, runs),
];

const halo = { stroke: variable('paper'), strokeWidth: 3, strokeJoin: 'round' };

const changeLabels = (trend: Trend): object[] =>
  trend.changes.map((change) => ({
    data: { values: [{ x: trend.points[change.index]!.run - 0.4 }] },
    mark: {
      type: 'text',
      align: 'left',
      baseline: 'bottom',
      y: -2,
      fontSize: 11,
      fill: variable('fault'),
      text: formatChange(change.relative),
      ...halo,
    },
    encoding: { x: { field: 'x', ...quantitative } },
  }));

const labelWidth = (label: string): number => label.length * 6.2 + 8;

/**
 * Which labels are drawn: a nightly's, which repeats its date, says nothing that the axis does not; of the others the newest
 * first, as far as they do not touch.
 */
export const shownLabels = (
  points: readonly { run: number }[],
  runs: readonly HistoryRun[],
): { run: number; text: string }[] => {
  const perRun = (size.width - size.left - size.right) / Math.max(1, runs.length);
  const shown: { run: number; text: string }[] = [];
  for (const { run } of points.toReversed()) {
    const { label = null, startedAt = '' } = runs[run] ?? {};
    if (label === null || label.includes(startedAt.slice(0, 10))) continue;
    const text = label.slice(0, 16);
    const next = shown.at(-1);
    if (next === undefined || (next.run - run) * perRun >= (labelWidth(text) + labelWidth(next.text)) / 2)
      shown.push({ run, text });
  }
  return shown;
};

/** At the foot, below their dots' column; a hostile one is text of the drawing and escaped by Vega. */
const releaseLabels = (trend: Trend, runs: readonly HistoryRun[]): object[] =>
  shownLabels(trend.points, runs).map(({ run, text }) => ({
    data: { values: [{ x: run }] },
    mark: {
      type: 'text',
      align: 'center',
      baseline: 'bottom',
      y: 'height',
      dy: -2,
      fontSize: 10.5,
      fill: variable('ink-soft'),
      text,
      ...halo,
    },
    encoding: { x: { field: 'x', ...quantitative } },
  }));

const spec = (trend: Trend, runs: readonly HistoryRun[]): object => {
  const { left, right, top, bottom } = size;
  const axis = {
    labelColor: variable('ink-soft'),
    domainColor: variable('rule'),
    tickColor: variable('rule'),
    gridColor: variable('rule-soft'),
    labelFont: 'inherit',
    labelFontSize: 11,
    title: null,
  };
  const { low, high } = domainOf(trend);
  const marks = [...new Set([0, Math.floor((runs.length - 1) / 2), runs.length - 1])];
  const dates = JSON.stringify(Object.fromEntries(marks.map((mark) => [mark, runs[mark]!.startedAt.slice(0, 10)])));
  return {
    width: size.width - left - right,
    height: size.height - top - bottom,
    padding: { left, right, top, bottom },
    autosize: { type: 'none' },
    background: null,
    config: { aria: false, font: 'inherit', view: { stroke: null }, axis },
    layer: [
      {
        data: { values: [{}] },
        mark: { type: 'point', opacity: 0 },
        encoding: {
          x: {
            datum: 0,
            ...quantitative,
            scale: { domain: [-0.5, Math.max(1, runs.length) - 0.5], nice: false },
            axis: {
              values: marks,
              labelExpr: `${dates}[datum.value]`,
              grid: false,
              labelBound: false,
              labelAlign: 'center',
            },
          },
          y: {
            datum: low,
            ...quantitative,
            scale: { domain: [low, high], nice: false },
            axis: { tickCount: 4, domain: false, ticks: false, format: ',~f' },
          },
        },
      },
      ...layers(trend, runs),
    ],
  };
};

/** The drawing's text twin: also what a screen reader says. */
const trendText = (trend: Trend): string => {
  const values = trend.points.map(({ value }) => value);
  const said = trend.changes.map((change) => `changed by ${formatChange(change.relative)} with run ${change.run}`);
  const none = trend.silent ? 'too few runs to look for changes' : 'no change found';
  const changes = said.length > 0 ? said.join('; ') : none;
  return `${values.length} runs, latest ${formatValue(values.at(-1) ?? null, trend.unit)}; ${changes}.`;
};

/** Coordinates to a tenth; text of labels and axes stays as it is. */
const shortened = (attribute: string): string => attribute.replace(/(\d+\.\d)\d+/g, '$1');

/** About 80 ms and 20 kB. */
export const trendChart = async (trend: Trend, runs: readonly HistoryRun[], id: string): Promise<Html> => {
  const view = new View(parse(compile(spec(trend, runs) as TopLevelSpec).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  const inner = svg
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>$/, '')
    .replace(/ (?:role|aria-[a-z]+|pointer-events|xmlns:xlink)="[^"]*"/g, '')
    .replace(/"[^"]*"/g, shortened);
  return trusted(
    `<svg class="plot" viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${escapeText(trend.title)}</title>` +
      `<desc id="${id}-desc">${escapeText(trendText(trend))}</desc>${inner}</svg>`,
  );
};
