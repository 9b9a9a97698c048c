/** One figure over all runs: dots, stretches between changes, the criterion's bounds. Inline SVG, no script. */
import { formatChange, formatValue } from '../../measure/numbers-in-words.ts';
import { axisConfig, bothAxes } from '../../report/charts/axes.ts';
import { plotSize } from '../../report/charts/geometry.ts';
import { variable } from '../../report/charts/layers.ts';
import { svgContentOf } from '../../report/charts/vega.ts';
import { escapeText, trusted } from '../../report/html.ts';
import type { Html } from '../../report/html.ts';
import { growingTrends, spanText } from '../growing-words.ts';
import type { HistoryRun } from '../history.ts';
import type { Trend } from '../trend.ts';
import { shownLabels } from './release-labels.ts';
import { domainOf, shownBounds } from './trend-axis.ts';
import { trendGeometry } from './trend-geometry.ts';

const quantitative = (field: string): object => ({ field, type: 'quantitative' });

interface Stretch {
  from: number;
  until: number;
  mean: number;
}

/** The runs between two changes, up to where a growth begins. */
const stretches = ({ points, changes, growth }: Trend): Stretch[] => {
  const end = growth === null ? points.length : growth.since;
  const borders = [...new Set([0, ...changes.map(({ index }) => index), end])].filter((border) => border <= end);
  return borders.slice(1).map((border, position) => {
    const own = points.slice(borders[position], border);
    const mean = own.reduce((total, { value }) => total + value, 0) / own.length;
    return { from: own[0]!.run, until: own.at(-1)!.run, mean };
  });
};

const changeRules = ({ changes, points }: Trend): object => ({
  data: { values: changes.map(({ index }) => ({ x: points[index]!.run - 0.5 })) },
  mark: { type: 'rule', stroke: variable('fault'), strokeDash: [4, 3] },
  encoding: { x: quantitative('x') },
});

const meanRules = (trend: Trend): object => ({
  data: { values: stretches(trend) },
  mark: { type: 'rule', stroke: variable('orange'), strokeWidth: 2 },
  encoding: { x: quantitative('from'), x2: { field: 'until' }, y: quantitative('mean') },
});

const growthLine = ({ growth, points }: Trend): object[] => {
  if (growth === null) return [];
  const { since, until, from, to } = growth;
  const values = [
    { run: points[since]!.run, value: from },
    { run: points[until]!.run, value: to },
  ];
  const encoding = { x: quantitative('run'), y: quantitative('value') };
  return [{ data: { values }, mark: { type: 'line', stroke: variable('orange'), strokeWidth: 2 }, encoding }];
};

const boundRules = (trend: Trend): object => ({
  data: { values: shownBounds(trend) },
  mark: { type: 'rule', stroke: variable('bound'), strokeWidth: 1.3 },
  encoding: { y: quantitative('value') },
});

const dots = ({ points: values }: Trend): object[] => {
  const encoding = { x: quantitative('run'), y: quantitative('value') };
  return [
    { data: { values }, mark: { type: 'line', stroke: variable('pale'), strokeWidth: 1 }, encoding },
    { data: { values }, mark: { type: 'circle', fill: variable('blue'), opacity: 1, size: 26 }, encoding },
  ];
};

const label = (x: number, text: string, mark: Record<string, unknown>): object => ({
  data: { values: [{ x }] },
  mark: {
    type: 'text',
    baseline: 'bottom',
    ...mark,
    text,
    stroke: variable('paper'),
    strokeWidth: 3,
    strokeJoin: 'round',
  },
  encoding: { x: quantitative('x') },
});

const changeLabels = ({ changes, points }: Trend): object[] =>
  changes.map(({ index, relative }) =>
    label(points[index]!.run - 0.4, formatChange(relative), {
      align: 'left',
      y: -2,
      fontSize: 11,
      fill: variable('fault'),
    }),
  );

/** At the foot, below their dots' column; a hostile one is text of the drawing and escaped by Vega. */
const releaseLabels = ({ points }: Trend, runs: readonly HistoryRun[]): object[] =>
  shownLabels(points, runs).map(({ run, text }) =>
    label(run, text, { align: 'center', y: 'height', dy: -2, fontSize: 10.5, fill: variable('ink-soft') }),
  );

/** The first, the middle and the last run, by their dates. */
const runAxis = (runs: readonly HistoryRun[]): object => {
  const values = [...new Set([0, Math.floor((runs.length - 1) / 2), runs.length - 1])];
  const dates = Object.fromEntries(values.map((run) => [run, runs[run]!.startedAt.slice(0, 10)]));
  return {
    values,
    labelExpr: `${JSON.stringify(dates)}[datum.value]`,
    grid: false,
    labelBound: false,
    labelAlign: 'center',
  };
};

const axes = (trend: Trend, runs: readonly HistoryRun[]): object => {
  const { low, high } = domainOf(trend);
  return bothAxes(
    {
      datum: 0,
      scale: { domain: [-0.5, Math.max(1, runs.length) - 0.5], nice: false },
      axis: runAxis(runs),
    },
    {
      datum: low,
      scale: { domain: [low, high], nice: false },
      axis: { tickCount: 4, domain: false, ticks: false, format: ',~f' },
    },
  );
};

const specOf = (trend: Trend, runs: readonly HistoryRun[]): object => {
  const { left, right, top, bottom } = trendGeometry;
  return {
    ...plotSize(trendGeometry),
    padding: { left, right, top, bottom },
    autosize: { type: 'none' },
    background: null,
    config: { aria: false, font: 'inherit', view: { stroke: null }, axis: axisConfig },
    layer: [
      axes(trend, runs),
      changeRules(trend),
      meanRules(trend),
      ...growthLine(trend),
      boundRules(trend),
      ...dots(trend),
      ...changeLabels(trend),
      ...releaseLabels(trend, runs),
    ],
  };
};

/** The drawing's text twin: also what a screen reader says. */
const trendText = (trend: Trend): string => {
  const { points, changes, silent, unit } = trend;
  const grows = growingTrends([trend]).map((growing) => `grows ${spanText(growing)}`);
  const changed = changes.map(({ relative, run }) => `changed by ${formatChange(relative)} with run ${run}`);
  const said = [...grows, ...changed];
  const none = silent ? 'too few runs to look for changes' : 'no change found';
  const news = said.length > 0 ? said.join('; ') : none;
  return `${points.length} runs, latest ${formatValue(points.at(-1)?.value ?? null, unit)}; ${news}.`;
};

/** Coordinates to a tenth; text of labels and axes stays as it is. */
const shortened = (attribute: string): string => attribute.replace(/(\d+\.\d)\d+/g, '$1');

/** About 80 ms and 20 kB. */
export const trendChart = async (trend: Trend, runs: readonly HistoryRun[], id: string): Promise<Html> => {
  const content = await svgContentOf(specOf(trend, runs));
  const { width, height } = trendGeometry;
  const [title, text] = [`${id}-title`, `${id}-desc`];
  return trusted(
    `<svg class="plot" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${title} ${text}">` +
      `<title id="${title}">${escapeText(trend.title)}</title>` +
      `<desc id="${text}">${escapeText(trendText(trend))}</desc>` +
      `${content.replace(/"[^"]*"/g, shortened)}</svg>`,
  );
};
