/** A drawing as inline SVG. */
import { escapeText, trusted } from '../html.ts';
import type { Html } from '../html.ts';
import { axisConfig, bothAxes } from './axes.ts';
import type { Drawing } from './drawing.ts';
import { plotSize } from './geometry.ts';
import type { Geometry } from './geometry.ts';
import {
  faultLayers,
  lineLayers,
  phaseLayers,
  referenceLayers,
  stackLayers,
  stepLayers,
  violationLayers,
} from './layers.ts';
import { tidyContentOf } from './vega.ts';

const tickSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

/** Instants for the x axis, s. */
const ticksAcross = (seconds: number, atMost: number): number[] => {
  const step = tickSteps.find((candidate) => seconds / candidate <= atMost) ?? 14_400;
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step);
};

/** In Vega's own language: 75 → "1:15", 3,700 → "1:01 h". */
const clock =
  "datum.value >= 3600 ? floor(datum.value / 3600) + ':' + pad(floor(datum.value % 3600 / 60), 2, '0', 'left') + ' h'" +
  " : datum.value >= 60 ? floor(datum.value / 60) + ':' + pad(datum.value % 60, 2, '0', 'left') : datum.value + ' s'";

const decades = [0.1, 1, 10, 100, 1000, 10_000, 100_000, 1_000_000];

const ticksUp = ({ chart, bottom, top }: Drawing): object =>
  chart.scale === 'log' ? { values: decades.filter((value) => value >= bottom && value <= top) } : { tickCount: 4 };

const axes = (drawing: Drawing, width: number): object =>
  bothAxes(
    {
      datum: 0,
      scale: { domain: [0, drawing.seconds], nice: false },
      axis: { values: ticksAcross(drawing.seconds, width / 75), labelExpr: clock, grid: false, tickSize: 4 },
    },
    {
      datum: drawing.top,
      scale: { type: drawing.chart.scale ?? 'linear', domain: [drawing.bottom, drawing.top], nice: false },
      axis: { ...ticksUp(drawing), domain: false, ticks: false, format: ',~f' },
    },
  );

const specOf = (drawing: Drawing, geometry: Geometry): object => {
  const { left, right, top, bottom } = geometry;
  const size = plotSize(geometry);
  return {
    ...size,
    padding: { left, right, top, bottom },
    autosize: { type: 'none' },
    background: null,
    config: { aria: false, font: 'inherit', view: { stroke: null }, axis: { ...axisConfig, labelPadding: 6 } },
    layer: [
      axes(drawing, size.width),
      ...phaseLayers(drawing),
      ...faultLayers(drawing),
      ...stackLayers(drawing),
      ...violationLayers(drawing),
      ...stepLayers(drawing),
      ...lineLayers(drawing),
      ...referenceLayers(drawing),
    ],
  };
};

/** The page's script finds the plot's place in `data-box`. */
const framed = (inner: string, { id, chart }: Drawing, geometry: Geometry, description: string): string => {
  const { width, height } = plotSize(geometry);
  const [title, text] = [`${id}-title`, `${id}-desc`];
  return (
    `<svg class="plot" viewBox="0 0 ${geometry.width} ${geometry.height}"` +
    ` role="img" aria-labelledby="${title} ${text}"` +
    ` data-box="${geometry.left} ${geometry.top} ${width} ${height}">` +
    `<title id="${title}">${escapeText(chart.title)}</title>` +
    `<desc id="${text}">${escapeText(description)}</desc>` +
    `${inner}</svg>`
  );
};

export const svgOf = async (drawing: Drawing, geometry: Geometry, description: string): Promise<Html> => {
  const content = await tidyContentOf(specOf(drawing, geometry));
  return trusted(framed(content, drawing, geometry, description));
};
