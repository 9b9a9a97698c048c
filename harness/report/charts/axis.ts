/** How far the y axis of a chart reaches. */
import type { ChartHeading } from './chart.ts';

type SeriesValues = { values: Float64Array };

const niceSteps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10];

/** Rounded up to a figure that divides into four or five even steps. */
export const niceTop = (value: number): number => {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return niceSteps.map((step) => step * power).find((top) => top >= value * 1.04) ?? 12 * power;
};

export const highestOf = (list: readonly SeriesValues[]): number =>
  list.reduce((most, { values }) => values.reduce((high, value) => (value > high ? value : high), most), 0);

const lowestAboveZero = (list: readonly SeriesValues[], atMost: number): number =>
  list.reduce(
    (least, { values }) => values.reduce((low, value) => (value > 0 && value < low ? value : low), least),
    atMost,
  );

/** The highest that the series reach when they stand on each other. */
export const highestStack = (list: readonly SeriesValues[], points: number): number => {
  let most = 0;
  for (let index = 0; index < points; index += 1) {
    const known = list.map(({ values }) => values[index]!).filter((value) => !Number.isNaN(value));
    most = Math.max(
      most,
      known.reduce((sum, value) => sum + value, 0),
    );
  }
  return most;
};

export interface AxisEnds {
  bottom: number;
  top: number;
}

/** From 0; a logarithmic axis from a whole decade, at least two decades long. */
export const axisEnds = ({ scale }: ChartHeading, lines: readonly SeriesValues[], highest: number): AxisEnds => {
  const top = niceTop(highest);
  if (scale !== 'log') return { bottom: 0, top };
  const lowest = Math.min(lowestAboveZero(lines, highest), highest / 100);
  return { bottom: 10 ** Math.floor(Math.log10(Math.max(0.1, lowest))), top };
};
