/** A straight line through weighted points by least squares, and the interval in which a further point would lie. */
import { sum } from 'simple-statistics';
import { incompleteBeta, studentP } from './t-test.ts';

export interface WeightedPoint {
  x: number;
  y: number;
  /** A point that stands for twice the time counts twice. */
  weight: number;
}

export interface Line {
  intercept: number;
  slope: number;
  /** Two-sided p of a slope of 0. */
  slopeP: number;
  degrees: number;
  at(x: number): number;
  /** Half of the interval (95 %, Student's t) in which a further point of mean weight lies at x. */
  halfWidth(x: number): number;
}

/** t that |t| exceeds with probability `p`, by bisection. */
export const studentQuantile = (p: number, degrees: number): number => {
  let [low, high] = [0, 1e6];
  for (let step = 0; step < 200; step += 1) {
    const middle = (low + high) / 2;
    if (studentP(middle, degrees) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

const residualOf = ({ x, y }: WeightedPoint, intercept: number, slope: number): number => y - intercept - slope * x;

/** Null of fewer than three points, or where all have one x. */
export const fitLine = (points: readonly WeightedPoint[]): Line | null => {
  const total = sum(points.map(({ weight }) => weight));
  const meanX = sum(points.map(({ x, weight }) => x * weight)) / total;
  const meanY = sum(points.map(({ y, weight }) => y * weight)) / total;
  const spread = sum(points.map(({ x, weight }) => weight * (x - meanX) ** 2));
  const degrees = points.length - 2;
  if (degrees < 1 || spread <= 0) return null;
  const slope = sum(points.map(({ x, y, weight }) => weight * (x - meanX) * (y - meanY))) / spread;
  const intercept = meanY - slope * meanX;
  const squares = sum(points.map((point) => point.weight * residualOf(point, intercept, slope) ** 2));
  const variance = squares / degrees;
  const meanWeight = total / points.length;
  const t95 = studentQuantile(0.05, degrees);
  return {
    intercept,
    slope,
    slopeP: variance === 0 ? Number(slope === 0) : studentP(slope / Math.sqrt(variance / spread), degrees),
    degrees,
    at: (x) => intercept + slope * x,
    halfWidth: (x) => t95 * Math.sqrt(variance * (1 / meanWeight + 1 / total + (x - meanX) ** 2 / spread)),
  };
};

/** Upper tail of Fisher's F. */
const fisherP = (f: number, above: number, below: number): number =>
  Number.isFinite(f) ? incompleteBeta(below / (below + above * f), below / 2, above / 2) : 0;

/** Whether groups of points lie on one line, or beside it by more than their own scatter explains. */
export interface Misfit {
  /** p of the test for lack of fit (F). */
  p: number;
  /** The group that lies furthest from the line, and how far its mean does. */
  group: number;
  distance: number;
}

/** By how much a group of points lies above the line. */
const meanResidual = (points: readonly WeightedPoint[], { intercept, slope }: Pick<Line, 'intercept' | 'slope'>) => {
  const weight = sum(points.map((point) => point.weight));
  return { weight, mean: sum(points.map((one) => one.weight * residualOf(one, intercept, slope))) / weight };
};

/** Null where there are not more groups than a line takes, or no scatter within them to hold them to. */
export const misfitOf = (groups: readonly (readonly WeightedPoint[])[], line: Line): Misfit | null => {
  const { intercept, slope } = line;
  const seen = groups.filter(({ length }) => length > 0);
  const degreesWithin = seen.flat().length - seen.length;
  if (seen.length < 3 || degreesWithin < 1) return null;
  const means = seen.map((points) => meanResidual(points, line));
  const between = sum(means.map(({ weight, mean }) => weight * mean ** 2)) / (seen.length - 2);
  const squares = seen.map((points, index) =>
    sum(points.map((one) => one.weight * (residualOf(one, intercept, slope) - means[index]!.mean) ** 2)),
  );
  const [furthest] = [...means.keys()].sort((a, b) => Math.abs(means[b]!.mean) - Math.abs(means[a]!.mean));
  const p = between === 0 ? 1 : fisherP(between / (sum(squares) / degreesWithin), seen.length - 2, degreesWithin);
  return { p, group: groups.indexOf(seen[furthest!]!), distance: means[furthest!]!.mean };
};
