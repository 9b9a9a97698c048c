import type { ExponentialHistogram } from './histogram.ts';

/** How many, and by how much they differ: the standard deviation as a share of the mean. */
export interface Moments {
  count: number;
  variation: number;
}

const sumOfSquares = ({ scale, offset, counts }: ExponentialHistogram): number => {
  const base = 2 ** (2 ** -scale);
  return counts.reduce((total, count, position) => total + count * base ** (2 * (offset + position + 0.5)), 0);
};

/** Each value counts as the middle of its bucket where its square is needed; their sum is exact. */
export const momentsOf = (histograms: readonly ExponentialHistogram[]): Moments => {
  const count = histograms.reduce((total, one) => total + one.count, 0);
  if (count === 0) return { count, variation: 0 };
  const mean = histograms.reduce((total, { sum }) => total + sum, 0) / count;
  const square = histograms.reduce((total, one) => total + sumOfSquares(one), 0) / count;
  return { count, variation: mean === 0 ? 0 : Math.sqrt(Math.max(0, square - mean ** 2)) / mean };
};
