/** Repeats that began and never finished: what they would have shown is unknown. */
import type { ScenarioResult } from '../result.ts';
import type { CriterionChange } from './comparison.ts';
import { entryName } from './entries.ts';

const ranToItsEnd = ({ state }: ScenarioResult): boolean => state === 'finished';

const unfinishedChange = (after: readonly ScenarioResult[]): CriterionChange | null => {
  const unfinished = after.filter((entry) => !ranToItsEnd(entry));
  if (unfinished.length === 0) return null;
  const { name: scenario, variant, entry, state, message } = unfinished[0]!;
  const many = after.length > 1 ? `${unfinished.length} of ${after.length} repeats, the first ` : '';
  return {
    scenario,
    variant,
    criterion: 'ran-to-its-end',
    title: 'Ran to its end',
    unit: '',
    base: { verdict: 'pass', value: null },
    head: { verdict: 'inconclusive', value: null },
    change: 'lost',
    reason: `${many}${entry} is "${state}"${message ? `: ${message}` : ''}`,
    repeats: null,
  };
};

/**
 * Entries that base finished and head began but did not finish, one repeat of several or all: what they would have
 * shown is unknown.
 */
export const unfinishedEntries = (
  base: readonly ScenarioResult[],
  head: readonly ScenarioResult[],
): CriterionChange[] => {
  const begun = Map.groupBy(head, entryName);
  return [...Map.groupBy(base, entryName).keys()]
    .map((name) => unfinishedChange(begun.get(name) ?? []))
    .filter((change) => change !== null);
};
