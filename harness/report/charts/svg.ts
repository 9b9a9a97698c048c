/** A drawing as inline SVG: Vega-Lite compiled to Vega and rendered without a browser. Colours are the page's CSS variables. */
import { parse, View } from 'vega';
import { compile } from 'vega-lite';
import type { TopLevelSpec } from 'vega-lite';
import { escapeText } from '../html.ts';
import type { Html } from '../html.ts';
import { trusted } from '../html.ts';
import { formatValue } from '../../measure/numbers-in-words.ts';
import type { Drawing, Drawn, Span } from './drawing.ts';
import { linePoints, stackPoints } from './points.ts';

/** In the SVG's own units; all charts of a page share it, so that instants line up. */
export interface Geometry {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export const wide: Geometry = { width: 1040, height: 178, left: 48, right: 14, top: 12, bottom: 22 };
export const narrow: Geometry = { width: 520, height: 168, left: 44, right: 10, top: 12, bottom: 22 };

const tickSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

/** Instants for the x axis, s. */
export const ticksOf = (seconds: number, atMost: number): number[] => {
  const step = tickSteps.find((candidate) => seconds / candidate <= atMost) ?? 14_400;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step);
};

const clock =
  "datum.value >= 3600 ? floor(datum.value / 3600) + ':' + pad(floor(datum.value % 3600 / 60), 2, '0', 'left') + ' h'" +
  " : datum.value >= 60 ? floor(datum.value / 60) + ':' + pad(datum.value % 60, 2, '0', 'left') : datum.value + ' s'";

const variable = (name: string): string => `var(--${name})`;

/** Those that begin or last within the picture, as one list, or no list where there are none. */
const within = (drawing: Drawing, spans: readonly Span[]): Span[][] => {
  const seen = spans.filter(({ from, until }) => from <= drawing.seconds && (from >= 0 || until > 0));
  return seen.length === 0 ? [] : [seen];
};

/** Spans as rectangles over the full height. A span of no length gets a hair's breadth. */
const bands = (drawing: Drawing, all: readonly Span[], mark: Record<string, unknown>): object[] =>
  within(drawing, all).map((spans) => ({
    data: {
      values: spans.map(({ from, until }) => ({
        from: Math.max(0, from),
        until: Math.min(drawing.seconds, Math.max(until, from + drawing.seconds / 900)),
      })),
    },
    mark: { type: 'rect', ...mark },
    encoding: { x: { field: 'from', type: 'quantitative' }, x2: { field: 'until' } },
  }));

const colourScale = (list: readonly Drawn[]): object => ({
  field: 's',
  type: 'nominal',
  legend: null,
  scale: { domain: list.map(({ id }) => id), range: list.map(({ colour }) => variable(colour)) },
});

/** A series that is zero throughout is in the legend, not in the picture. */
const stackLayer = (drawing: Drawing): object[] =>
  drawing.stack.length === 0
    ? []
    : [
        {
          data: {
            values: stackPoints({
              ...drawing,
              stack: drawing.stack.filter(({ values }) => values.some((value) => value > 0)),
            }),
          },
          mark: { type: 'area', opacity: 0.88, line: false },
          encoding: {
            x: { field: 'x', type: 'quantitative' },
            y: { field: 'y0', type: 'quantitative' },
            y2: { field: 'y1' },
            color: colourScale(drawing.stack),
          },
        },
      ];

const lineLayers = (drawing: Drawing): object[] =>
  drawing.lines.map((line) => ({
    data: { values: linePoints(drawing, line) },
    mark: {
      type: 'line',
      stroke: variable(line.colour),
      strokeWidth: 1.8,
      strokeJoin: 'round',
      ...(line.dash === null ? {} : { strokeDash: line.dash.split(' ').map(Number) }),
    },
    encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
  }));

const limitLayers = (drawing: Drawing): object[] =>
  drawing.limits
    .filter(({ value }) => value <= drawing.top)
    .flatMap(({ value, label, kind }) => {
      const colour = variable(kind === 'bound' ? 'bound' : 'ink-soft');
      const data = { values: [{ y: value }] };
      return [
        {
          data,
          mark: { type: 'rule', stroke: colour, strokeWidth: 1.3, ...(kind === 'bound' ? {} : { strokeDash: [1, 3] }) },
          encoding: { y: { field: 'y', type: 'quantitative' } },
        },
        {
          data,
          mark: {
            type: 'text',
            align: 'right',
            baseline: 'bottom',
            dy: -2.5,
            fontSize: 11,
            fill: colour,
            stroke: variable('paper'),
            strokeWidth: 3,
            strokeJoin: 'round',
            x: 'width',
            text: limitText(drawing, label, value),
            tooltip: null,
          },
          encoding: { y: { field: 'y', type: 'quantitative' } },
        },
      ];
    });

export const limitText = (drawing: Drawing, label: string, value: number): string =>
  `${label} ${formatValue(value, drawing.unit.startsWith('%') ? '%' : ['ms', 's'].includes(drawing.unit) ? drawing.unit : '1')}`;

const axisConfig = {
  labelColor: variable('ink-soft'),
  tickColor: variable('rule'),
  domainColor: variable('rule'),
  gridColor: variable('rule-soft'),
  labelFont: 'inherit',
  labelFontSize: 11,
  title: null,
  labelPadding: 6,
};

const decades = [0.1, 1, 10, 100, 1000, 10_000, 100_000, 1_000_000];

const ticksUp = (drawing: Drawing): object =>
  drawing.definition.scale === 'log'
    ? { values: decades.filter((value) => value >= drawing.bottom && value <= drawing.top) }
    : { tickCount: 4 };

export const tints: Record<string, string> = { warmup: 'hatch', burst: 'burst', rest: 'band' };

/** What kind of phase it is by tint, where it begins by a hair line. */
const phaseLayers = (drawing: Drawing): object[] => [
  ...Object.entries(tints).flatMap(([kind, tint]) =>
    bands(
      drawing,
      drawing.phases.filter((phase) => phase.kind === kind),
      { fill: variable(tint) },
    ),
  ),
  ...bands(
    drawing,
    drawing.phases.slice(1).map((phase) => ({ ...phase, until: phase.from })),
    { fill: variable('rule') },
  ),
];

/** An invisible mark that carries both axes, so that every other layer can do without. */
const axes = (drawing: Drawing, width: number): object => ({
  data: { values: [{}] },
  mark: { type: 'point', opacity: 0 },
  encoding: {
    x: {
      datum: 0,
      type: 'quantitative',
      scale: { domain: [0, drawing.seconds], nice: false },
      axis: { values: ticksOf(drawing.seconds, width / 75), labelExpr: clock, grid: false, tickSize: 4 },
    },
    y: {
      datum: drawing.top,
      type: 'quantitative',
      scale: { type: drawing.definition.scale ?? 'linear', domain: [drawing.bottom, drawing.top], nice: false },
      axis: { ...ticksUp(drawing), domain: false, ticks: false, format: ',~f' },
    },
  },
});

const specOf = (drawing: Drawing, geometry: Geometry): object => {
  const { left, right, top, bottom } = geometry;
  const width = geometry.width - left - right;
  return {
    width,
    height: geometry.height - top - bottom,
    padding: { left, right, top, bottom },
    autosize: { type: 'none' },
    background: null,
    config: { aria: false, font: 'inherit', view: { stroke: null }, axis: axisConfig },
    layer: [
      axes(drawing, width),
      ...phaseLayers(drawing),
      ...bands(drawing, drawing.faults, { fill: variable('fault'), opacity: 0.16 }),
      ...stackLayer(drawing),
      ...bands(drawing, drawing.violations, { fill: variable('bad'), opacity: 0.13 }),
      ...bands(drawing, drawing.violations, {
        fill: null,
        stroke: variable('bad'),
        strokeWidth: 0.8,
        strokeOpacity: 0.5,
      }),
      ...bands(
        drawing,
        drawing.steps.map((step) => ({ ...step, until: step.from })),
        { fill: variable('ink-soft'), opacity: 0.7 },
      ),
      ...lineLayers(drawing),
      ...limitLayers(drawing),
    ],
  };
};

/** Parts of Vega's output that say nothing here: its own roles (the page gives the name), fixed size, background. */
const tidy = (svg: string, drawing: Drawing, geometry: Geometry, description: string): string => {
  const inner = svg
    .replace(/^<svg[^>]*>/, '')
    .replace(/<\/svg>$/, '')
    .replace(/ (?:role|aria-[a-z]+|pointer-events|xmlns:xlink)="[^"]*"/g, '')
    .replace(/<path class="(?:background|foreground)"[^>]*\/>/g, '')
    .replace(/ (?:d|transform)="[^"]*"/g, (attribute) => attribute.replace(/(\d+\.\d)\d+/g, '$1'))
    .replaceAll(' font-family="inherit"', '')
    .replaceAll(' opacity="1"', '');
  const { left, right, top, bottom, width, height } = geometry;
  return (
    `<svg class="plot" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${drawing.id}-title ${drawing.id}-desc" ` +
    `data-box="${left} ${top} ${width - left - right} ${height - top - bottom}"><title id="${drawing.id}-title">${escapeText(drawing.definition.title)}</title>` +
    `<desc id="${drawing.id}-desc">${escapeText(description)}</desc>${inner}</svg>`
  );
};

export const svgOf = async (drawing: Drawing, geometry: Geometry, description: string): Promise<Html> => {
  const view = new View(parse(compile(specOf(drawing, geometry) as TopLevelSpec).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return trusted(tidy(svg, drawing, geometry, description));
};
