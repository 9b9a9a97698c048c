import type { JudgeInput, Measurement } from './criterion.ts';

/** What one component left of its budget, or why that is not known. */
/** "12 % left"; more than all of it may be in use. */
export const leftWords = (left: number): string => (left < 0 ? 'nothing left' : `${left.toFixed(0)} % left`);

export interface Headroom {
  component: string;
  left: number | null;
  count: number;
  words: string;
}

export interface Budgeted {
  component: string;
  cores: number;
  memoryBytes: number;
}

/** Components that have a budget. */
export const budgeted = ({ budgets }: JudgeInput): Budgeted[] =>
  Object.entries(budgets).flatMap(([component, budget]) => (budget == null ? [] : [{ component, ...budget }]));

export const budgetedComponents = (input: JudgeInput): string[] => budgeted(input).map(({ component }) => component);

type KnownHeadroom = Headroom & { left: number };
const isKnown = (one: Headroom): one is KnownHeadroom => one.left !== null;

const wordsOf = ({ component, words }: Headroom): string => `${component}: ${words}`;

/** Whoever declared the budget: it was not kept. How much of it is to be left is a level of ours. */
const overBudget = ({ component }: Headroom): { verdict: 'fail'; reason: string; isFact: true } => ({
  verdict: 'fail',
  reason: `${component} used more than its whole budget`,
  isFact: true,
});

/**
 * The least of all components is the value. A component that is not known leaves the whole inconclusive,
 * unless another one is already below the bound.
 */
export const leastHeadroom = (found: readonly Headroom[], bound: number, measuredBy: string): Measurement => {
  if (found.length === 0) return { state: 'notApplicable', reason: 'no component has a budget here' };
  const [least] = found.filter(isKnown).sort((a, b) => a.left - b.left);
  const unknown = found.filter((one) => !isKnown(one));
  const count = found.reduce((total, one) => total + one.count, 0);
  if (least === undefined || (unknown.length > 0 && least.left > bound))
    return { state: 'inconclusive', count, measuredBy, reason: unknown.map(wordsOf).join('; ') };
  return {
    state: 'measured',
    value: least.left,
    count,
    measuredBy,
    evidence: found.map((one) => ({ text: wordsOf(one), source: one.component })),
    figureWords: `of the ${least.component}'s budget`,
    reason: `least: ${least.component}, ${least.words}`,
    ...(least.left < 0 ? { worst: overBudget(least) } : {}),
  };
};
