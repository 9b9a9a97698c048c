/** Whether a difference is for the better, given which way is better. */
import type { MetricComparison } from './comparison.ts';

/** Null for a figure that is never called better or worse. */
export const changeDirection = (
  better: MetricComparison['better'],
  difference: number,
): 'improvement' | 'regression' | null => {
  if (better === 'none') return null;
  return difference < 0 === (better === 'lower') ? 'improvement' : 'regression';
};
