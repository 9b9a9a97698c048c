/** How far the y axis of a trend reaches, and which bounds it does not reach. */
import { formatValue } from '../../measure/numbers-in-words.ts';
import type { Trend } from '../trend.ts';

interface Domain {
  low: number;
  high: number;
}

/** Not from 0: what is looked for are changes of some percent. A bound far above everything would press them flat. */
export const domainOf = ({ points, bounds }: Pick<Trend, 'points' | 'bounds'>): Domain => {
  const values = points.map(({ value }) => value);
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const near = bounds.map(({ value }) => value).filter((value) => value > lowest * 0.7 && value < highest * 1.5);
  const [low, high] = [Math.min(lowest, ...near), Math.max(highest, ...near)];
  // A quarter below and above: the lowest dot stays clear of the labels at the foot.
  const quarter = (high - low || Math.abs(high) || 1) * 0.25;
  const room = Math.max(quarter, Math.abs(high) * 0.05);
  return { low: lowest >= 0 ? Math.max(0, low - room) : low - room, high: high + room };
};

const isReached = (value: number, { low, high }: Domain): boolean => value >= low && value <= high;

export const shownBounds = (trend: Trend): Trend['bounds'] => {
  const domain = domainOf(trend);
  return trend.bounds.filter(({ value }) => isReached(value, domain));
};

/** Bounds that the drawing does not reach, in words. */
export const hiddenBoundsText = (trend: Trend): string => {
  const domain = domainOf(trend);
  return trend.bounds
    .filter(({ value }) => !isReached(value, domain))
    .map(({ value, severity }) => {
      const kind = severity === 'warn' ? ' (warning)' : '';
      const side = value > domain.high ? 'above' : 'below';
      return `bound ${formatValue(value, trend.unit)}${kind}, ${side} what is drawn`;
    })
    .join(' · ');
};
