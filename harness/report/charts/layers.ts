/** The layers of a chart's picture, in Vega-Lite, from the ground up. Colours are the page's CSS variables. */
import { formatValue } from '../../measure/numbers-in-words.ts';
import type { ReferenceLine } from './chart.ts';
import { nearLines } from './drawing.ts';
import type { Drawing, DrawnSeries } from './drawing.ts';
import { linePoints, stackPoints } from './points.ts';
import type { Span } from './spans.ts';

export const variable = (name: string): string => `var(--${name})`;

const quantitative = (field: string): object => ({ field, type: 'quantitative' });

/** A span of no length gets a hair's breadth. */
const hairsPerAxis = 900;

const isWithin = ({ from, until }: Span, seconds: number): boolean => from <= seconds && (from >= 0 || until > 0);

/** Spans as rectangles over the full height; no layer where there are none. */
const bands = ({ seconds }: Drawing, spans: readonly Span[], mark: Record<string, unknown>): object[] => {
  const values = spans
    .filter((span) => isWithin(span, seconds))
    .map(({ from, until }) => ({
      from: Math.max(0, from),
      until: Math.min(seconds, Math.max(until, from + seconds / hairsPerAxis)),
    }));
  if (values.length === 0) return [];
  const encoding = { x: quantitative('from'), x2: { field: 'until' } };
  return [{ data: { values }, mark: { type: 'rect', ...mark }, encoding }];
};

const beginnings = (spans: readonly Span[]): Span[] => spans.map((span) => ({ ...span, until: span.from }));

/** Phases of other kinds are not tinted. */
export const phaseTints: Record<string, string> = { warmup: 'hatch', burst: 'burst', rest: 'band' };

/** What kind of phase it is by tint, where it begins by a hair line. */
export const phaseLayers = (drawing: Drawing): object[] => {
  const tinted = Object.entries(phaseTints).flatMap(([kind, tint]) => {
    const spans = drawing.phases.filter((phase) => phase.kind === kind);
    return bands(drawing, spans, { fill: variable(tint) });
  });
  return [...tinted, ...bands(drawing, beginnings(drawing.phases.slice(1)), { fill: variable('rule') })];
};

export const faultLayers = (drawing: Drawing): object[] =>
  bands(drawing, drawing.faults, { fill: variable('fault'), opacity: 0.16 });

export const violationLayers = (drawing: Drawing): object[] => [
  ...bands(drawing, drawing.violations, { fill: variable('bad'), opacity: 0.13 }),
  ...bands(drawing, drawing.violations, {
    fill: null,
    stroke: variable('bad'),
    strokeWidth: 0.8,
    strokeOpacity: 0.5,
  }),
];

export const stepLayers = (drawing: Drawing): object[] =>
  bands(drawing, beginnings(drawing.steps), { fill: variable('ink-soft'), opacity: 0.7 });

const colourScale = (list: readonly DrawnSeries[]): object => ({
  field: 's',
  type: 'nominal',
  legend: null,
  scale: { domain: list.map(({ id }) => id), range: list.map(({ colour }) => variable(colour)) },
});

/** A series that is zero throughout is in the legend, not in the picture. */
export const stackLayers = (drawing: Drawing): object[] => {
  if (drawing.stack.length === 0) return [];
  const stack = drawing.stack.filter(({ values }) => values.some((value) => value > 0));
  const encoding = {
    x: quantitative('x'),
    y: quantitative('y0'),
    y2: { field: 'y1' },
    color: colourScale(drawing.stack),
  };
  const mark = { type: 'area', opacity: 0.88, line: false };
  return [{ data: { values: stackPoints({ ...drawing, stack }) }, mark, encoding }];
};

export const lineLayers = (drawing: Drawing): object[] =>
  drawing.lines.map((line) => ({
    data: { values: linePoints(drawing, line) },
    mark: {
      type: 'line',
      stroke: variable(line.colour),
      strokeWidth: 1.8,
      strokeJoin: 'round',
      ...(line.dash === null ? {} : { strokeDash: line.dash.split(' ').map(Number) }),
    },
    encoding: { x: quantitative('x'), y: quantitative('y') },
  }));

/** `bound for p95 200 ms`. Counts and rates are written without their unit, which the axis has. */
export const referenceText = ({ unit }: Drawing, { label, value }: ReferenceLine): string => {
  if (unit.startsWith('%')) return `${label} ${formatValue(value, '%')}`;
  return `${label} ${formatValue(value, ['ms', 's'].includes(unit) ? unit : '1')}`;
};

const referenceLabel = (text: string, fill: string): object => ({
  type: 'text',
  align: 'right',
  baseline: 'bottom',
  dy: -2.5,
  fontSize: 11,
  fill,
  stroke: variable('paper'),
  strokeWidth: 3,
  strokeJoin: 'round',
  x: 'width',
  text,
  tooltip: null,
});

export const referenceLayers = (drawing: Drawing): object[] =>
  nearLines(drawing).flatMap((line) => {
    const isBound = line.kind === 'bound';
    const stroke = variable(isBound ? 'bound' : 'ink-soft');
    const data = { values: [{ y: line.value }] };
    const encoding = { y: quantitative('y') };
    const rule = { type: 'rule', stroke, strokeWidth: 1.3, ...(isBound ? {} : { strokeDash: [1, 3] }) };
    return [
      { data, mark: rule, encoding },
      { data, mark: referenceLabel(referenceText(drawing, line), stroke), encoding },
    ];
  });
