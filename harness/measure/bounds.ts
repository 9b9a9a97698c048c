/** What a bound says of a value: whether it is kept, by how much, and how it is read. */
import type { Bound, CriterionResult } from '../result.ts';
import { formatCount, formatValue } from './numbers-in-words.ts';

export type Comparator = Bound['comparator'];
/** Whether breaking it fails or warns does not matter here. */
type Limited = Pick<Bound, 'comparator' | 'value'> & Partial<Bound>;

const comparisons: Readonly<Record<Comparator, (value: number, limit: number) => boolean>> = {
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '=': (value, limit) => value === limit,
  '>=': (value, limit) => value >= limit,
  '>': (value, limit) => value > limit,
};

/** Whether a value keeps a bound. */
export const holds = (value: number, { comparator, value: limit }: Limited): boolean =>
  comparisons[comparator](value, limit);

/** On which side of the bound it is well; `none` where only the bound itself will do. */
export const betterSide = (comparator: Comparator): 'lower' | 'higher' | 'none' => {
  if (comparator === '=') return 'none';
  return comparator.startsWith('<') ? 'lower' : 'higher';
};

/** How far inside (+) or outside (−) its bound the value lies, as a share of the bound; null where the bound is 0. */
export const marginOf = (value: number | null, bound: Limited | undefined): number | null => {
  if (value === null || bound === undefined || bound.value === 0 || bound.comparator === '=') return null;
  const inside = betterSide(bound.comparator) === 'lower' ? bound.value - value : value - bound.value;
  return inside / Math.abs(bound.value);
};

/** The bound that the value is measured against: the failing one, else the first. */
export const decidingBound = ({ bounds }: { bounds: readonly Bound[] }): Bound | undefined =>
  bounds.find(({ severity }) => severity === 'fail') ?? bounds[0];

const words: Readonly<Record<Comparator, string>> = {
  '<': 'below',
  '<=': 'at most',
  '=': 'exactly',
  '>=': 'at least',
  '>': 'above',
};

/** `at most 100 ms`, within a sentence. */
export const boundWords = ({ comparator, value }: Limited, unit: string): string =>
  `${words[comparator]} ${value >= 1000 ? formatCount(value) : value} ${unit}`;

const signs: Readonly<Record<Comparator, string>> = { '<': '<', '<=': '≤', '=': '=', '>=': '≥', '>': '>' };

/** `≤ 100 ms`, for a table. */
export const formatBound = ({ comparator, value }: Limited, unit: string): string =>
  `${signs[comparator]} ${formatValue(value, unit)}`;

const isPercent = (unit: string): boolean => unit === '%';

/** The best that can be had: all of a share, or nothing at all, unless the criterion says what it is. */
const bestOf = ({ unit, best }: Pick<CriterionResult, 'unit' | 'best'>, bound: Limited): number | null => {
  if (best != null) return best;
  if (betterSide(bound.comparator) === 'lower') return 0;
  return isPercent(unit) ? 100 : null;
};

/**
 * How much is left of what could be had (+), or is wanting (−): of the failures that a bound allows, the share that did
 * not happen. Null where the bound is the best that can be had. Where nobody knows the best, a share of the bound.
 */
export const roomOf = (criterion: Pick<CriterionResult, 'value' | 'unit' | 'bounds' | 'best'>): number | null => {
  const bound = decidingBound(criterion);
  const { value } = criterion;
  if (value === null || bound === undefined || bound.comparator === '=') return null;
  const best = bestOf(criterion, bound);
  if (best === null) return marginOf(value, bound);
  const room = Math.abs(best - bound.value);
  if (room === 0) return null;
  return (betterSide(bound.comparator) === 'lower' ? bound.value - value : value - bound.value) / room;
};
