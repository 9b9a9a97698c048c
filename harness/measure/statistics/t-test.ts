/** Student's t test for two samples with one variance, as change-point detectors use it. */
import { gammaln, mean, sampleVariance } from 'simple-statistics';

/** Continued fraction of the incomplete beta function, DLMF 8.17.22, by Lentz's method. */
const betaFraction = (x: number, a: number, b: number): number => {
  const tiny = 1e-300;
  const guard = (value: number): number => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 300; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction;
};

/** Regularised incomplete beta function I_x(a, b), DLMF 8.17. */
export const incompleteBeta = (x: number, a: number, b: number): number => {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log(1 - x));
  return (front * betaFraction(x, a, b)) / a;
};

/** Two-sided p of t with so many degrees of freedom. */
export const studentP = (t: number, degrees: number): number =>
  Number.isFinite(t) ? incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) : 0;

/** At least three values together. Without any variance: p is 0 if the means differ, else 1. */
export const tTest = (left: readonly number[], right: readonly number[]): { t: number; p: number } => {
  const degrees = left.length + right.length - 2;
  const squares = (values: readonly number[]): number =>
    values.length > 1 ? sampleVariance([...values]) * (values.length - 1) : 0;
  const variance = (squares(left) + squares(right)) / degrees;
  const difference = mean([...right]) - mean([...left]);
  if (variance === 0) return difference === 0 ? { t: 0, p: 1 } : { t: Infinity * Math.sign(difference), p: 0 };
  const t = difference / Math.sqrt(variance * (1 / left.length + 1 / right.length));
  return { t, p: studentP(t, degrees) };
};
