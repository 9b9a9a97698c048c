/** Repeats that began and never finished: what they would have shown is unknown. */
import type { ScenarioResult, Verdict } from '../result.ts';
import type { CriterionChange } from './comparison.ts';
import { entryName } from './entries.ts';

type Entries = readonly ScenarioResult[];

const ranToItsEnd = ({ state }: ScenarioResult): boolean => state === 'finished';

const reasonOf = (entries: Entries): string => {
  const unfinished = entries.filter((entry) => !ranToItsEnd(entry));
  const { entry, state, message } = unfinished[0]!;
  const many = entries.length > 1 ? `${unfinished.length} of ${entries.length} repeats, the first ` : '';
  return `${many}${entry} is "${state}"${message ? `: ${message}` : ''}`;
};

const verdictOf = (entries: Entries): Verdict =>
  entries.length > 0 && entries.every(ranToItsEnd) ? 'pass' : 'inconclusive';

const sideReason = (side: string, entries: Entries): string[] => {
  if (verdictOf(entries) === 'pass') return [];
  return [entries.length === 0 ? `${side} has no repeat of it` : reasonOf(entries)];
};

/** One scenario and variant, all that began on either side; null where both ran to their end. */
const unfinishedChange = (base: Entries, head: Entries): CriterionChange | null => {
  const reasons = [...sideReason('base', base), ...sideReason('head', head)];
  if (reasons.length === 0) return null;
  const { name: scenario, variant } = (head[0] ?? base[0])!;
  return {
    scenario,
    variant,
    criterion: 'ran-to-its-end',
    title: 'Ran to its end',
    unit: '',
    base: { verdict: verdictOf(base), value: null },
    head: { verdict: verdictOf(head), value: null },
    change: 'lost',
    reason: reasons.join('; '),
    repeats: null,
  };
};

/** All that began, and of base what finished. */
interface Sides {
  base: Entries;
  head: Entries;
  baseFinished: Entries;
}

/**
 * Entries that base finished and head began but did not finish, one repeat of several or all: what they would have
 * shown is unknown. Side by side both releases have one plan: whatever did not finish, on either side, is told.
 */
export const unfinishedEntries = ({ base, head, baseFinished }: Sides, interleaved: boolean): CriterionChange[] => {
  const before = Map.groupBy(interleaved ? base : baseFinished, entryName);
  const after = Map.groupBy(head, entryName);
  const names = [...before.keys()].filter((name) => interleaved || after.has(name));
  const onlyAfter = interleaved ? [...after.keys()].filter((name) => !before.has(name)) : [];
  return [...names, ...onlyAfter]
    .map((name) => unfinishedChange(before.get(name) ?? [], after.get(name) ?? []))
    .filter((change) => change !== null);
};
