/** Entries of two sides that belong together: same scenario, same variant, all repeats. */
import type { RunResult, ScenarioResult } from '../result.ts';

export interface EntryPair {
  scenario: string;
  variant: string;
  base: ScenarioResult[];
  head: ScenarioResult[];
}

export const pairName = ({ scenario, variant }: { scenario: string; variant: string }): string =>
  `${scenario} (${variant})`;

export const entryName = ({ name, variant }: ScenarioResult): string => pairName({ scenario: name, variant });

/** Entries of a run without `--against` are this release's. */
export const entriesOf = (run: RunResult, release: 'base' | 'head'): ScenarioResult[] =>
  run.scenarios.filter((entry) => (entry.release ?? 'head') === release);

/** What was measured to its end. */
export const finishedEntries = (run: RunResult, release: 'base' | 'head'): ScenarioResult[] =>
  entriesOf(run, release).filter(({ state }) => state === 'finished');

/** One pair for each scenario and variant that both sides have. */
export const pairsOf = (base: readonly ScenarioResult[], head: readonly ScenarioResult[]): EntryPair[] => {
  const before = Map.groupBy(base, entryName);
  return [...Map.groupBy(head, entryName)].flatMap(([name, entries]) => {
    const others = before.get(name);
    const { name: scenario, variant } = entries[0]!;
    return others === undefined ? [] : [{ scenario, variant, base: others, head: entries }];
  });
};
