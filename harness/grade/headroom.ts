import type { CriterionResult } from '../result.ts';
import type { JudgeInput, Measurement } from './criterion.ts';

/** What one component left of its budget, or why that is not known. */
export interface Headroom {
  component: string;
  left: number | null;
  count: number;
  words: string;
}

/** Components that have a budget. */
export const budgeted = ({ budgets }: JudgeInput): { component: string; cores: number; memoryBytes: number }[] =>
  Object.entries(budgets).flatMap(([component, budget]) => (budget == null ? [] : [{ component, ...budget }]));

/**
 * The least of all components is the value. A component that is not known leaves the whole inconclusive,
 * unless another one is already below the bound.
 */
export const leastHeadroom = (found: readonly Headroom[], bound: number, measuredBy: string): Measurement => {
  if (found.length === 0) return { state: 'notApplicable', reason: 'no component has a budget here' };
  const known = found.filter((one): one is Headroom & { left: number } => one.left !== null);
  const least = known.reduce<(Headroom & { left: number }) | null>(
    (low, one) => (low === null || one.left < low.left ? one : low),
    null,
  );
  const unknown = found.filter(({ left }) => left === null);
  const count = found.reduce((total, one) => total + one.count, 0);
  const evidence: CriterionResult['evidence'] = found.map(({ component, words }) => ({
    text: `${component}: ${words}`,
    source: component,
  }));
  if (least === null || (unknown.length > 0 && least.left > bound)) {
    return {
      state: 'inconclusive',
      count,
      measuredBy,
      reason: unknown.map(({ component, words }) => `${component}: ${words}`).join('; '),
    };
  }
  return {
    state: 'measured',
    value: least.left,
    count,
    measuredBy,
    evidence,
    reason: `least: ${least.component}, ${least.words}`,
  };
};
