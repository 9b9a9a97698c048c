/** How a mutation counts as caught: by the very checker or criterion that it names, never by any red at all. */
import type { ScenarioResult } from '../result.ts';

type Proof = (entry: ScenarioResult) => string | null;

/** A checker of this invariant found violations, and the entry fails. */
export const violated =
  (invariant: string): Proof =>
  ({ verdict, checks }) => {
    const found = checks.find((check) => check.invariant === invariant && check.status === 'violated');
    return verdict === 'fail' && found !== undefined
      ? `${found.id}: ${found.reason}${found.examples[0] === undefined ? '' : `, as ${found.examples[0]}`}`
      : null;
  };

/** This criterion fails. */
export const failed =
  (id: string): Proof =>
  ({ criteria }) => {
    const found = criteria.find((criterion) => criterion.id === id && criterion.verdict === 'fail');
    return found === undefined ? null : `${id}: ${found.reason ?? 'failed'}`;
  };

/**
 * The entry is inconclusive, and this criterion says why. A red would be as wrong as a green: the service did nothing.
 */
export const unknown =
  (id: string): Proof =>
  ({ verdict, criteria }) => {
    const found = criteria.find((criterion) => criterion.id === id && criterion.verdict === 'inconclusive');
    return verdict === 'inconclusive' && found !== undefined ? `${id}: ${found.reason ?? 'inconclusive'}` : null;
  };
