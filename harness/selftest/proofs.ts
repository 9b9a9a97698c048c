/** How a mutation counts as caught: by the very checker or criterion that it names, never by any red at all. */
import type { ScenarioResult, Verdict } from '../result.ts';

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

/** This criterion fails by its worst stretch, while the whole of the run would have met its bound. */
export const failedByStretch =
  (id: string): Proof =>
  (entry) => {
    const found = failed(id)(entry);
    return found?.startsWith(`${id}: worst `) === true ? found : null;
  };

const bad: readonly Verdict[] = ['fail', 'inconclusive'];

/** This criterion does not pass, in these words, and neither does the entry. */
export const failedOrUnknown =
  (id: string, words: RegExp): Proof =>
  ({ verdict, criteria }) => {
    const found = criteria.find((criterion) => criterion.id === id && bad.includes(criterion.verdict));
    const isTold = found !== undefined && words.test(found.reason ?? '') && bad.includes(verdict);
    return isTold ? `${id}: ${found.reason}` : null;
  };

/** What this criterion asks was not known, and the entry does not pass: what is known besides may fail it. */
export const untold =
  (id: string, words: RegExp): Proof =>
  (entry) => {
    const unknownOnes = entry.criteria.filter(({ verdict }) => verdict === 'inconclusive');
    return failedOrUnknown(id, words)({ ...entry, criteria: unknownOnes });
  };

/** Each of these criteria fails. */
export const bothFailed =
  (...ids: readonly string[]): Proof =>
  (entry) => {
    const found = ids.map((id) => failed(id)(entry));
    return found.includes(null) ? null : found.join('; ');
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
