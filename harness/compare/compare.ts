/** Two saved runs, or the two releases of one interleaved run, made into one plain document. */
import { usageError } from '../errors.ts';
import type { RunResult, ScenarioResult } from '../result.ts';
import { comparisonSchema, type Comparison, type Side } from './comparison.ts';
import { changedCriteria, exactCounts, unfinishedEntries, worstFirst } from './criteria.ts';
import { differencesOf, entryName, unlikeReasons, type EntryPair } from './likeness.ts';
import { metricTable } from './metric-table.ts';
import type { SavedRun } from '../archive/read-run.ts';
import { phaseLine, timelinesOf, type LinePair } from './timelines.ts';
import { overall } from './verdict.ts';

export interface CompareOptions {
  /** Compare runs that are not alike; the page says so. */
  force?: boolean;
}

/** `begun`: also what never finished. */
interface Part {
  saved: SavedRun;
  side: Side;
  begun: ScenarioResult[];
  entries: ScenarioResult[];
}

type Group = Map<string, { scenario: string; variant: string; entries: ScenarioResult[] }>;

const grouped = (entries: readonly ScenarioResult[]): Group => {
  const groups: Group = new Map();
  for (const entry of entries) {
    const key = entryName(entry);
    const group = groups.get(key) ?? { scenario: entry.name, variant: entry.variant, entries: [] };
    groups.set(key, { ...group, entries: [...group.entries, entry] });
  }
  return groups;
};

const sideOf = ({ run, name }: SavedRun): Side => ({
  name,
  id: run.id,
  startedAt: run.startedAt,
  commit: run.git.commit,
  dirty: run.git.dirty,
  verdict: run.verdict,
});

/** Entries that ran to their end on both sides. */
export const pairsOf = (base: readonly ScenarioResult[], head: readonly ScenarioResult[]): EntryPair[] => {
  const before = grouped(base);
  return [...grouped(head)].flatMap(([key, group]) => {
    const other = before.get(key);
    return other === undefined
      ? []
      : [{ scenario: group.scenario, variant: group.variant, base: other.entries, head: group.entries }];
  });
};

const linesOf = (pairs: readonly EntryPair[], base: Part, head: Part): LinePair[] =>
  pairs.flatMap((pair) => {
    const [before, after] = [
      phaseLine(pair.base[0]!, base.saved.rollUps),
      phaseLine(pair.head[0]!, head.saved.rollUps),
    ];
    return before === null || after === null
      ? []
      : [{ scenario: pair.scenario, variant: pair.variant, base: before, head: after }];
  });

const refuse = (base: Part, head: Part, unlike: readonly string[]): never => {
  throw usageError(
    `${base.side.name} and ${head.side.name} are not alike: ${unlike[0]!}${unlike.length > 1 ? `, and ${unlike.length - 1} more` : ''}; compare like runs, or add --force to compare all the same, which marks the page`,
    unlike.length > 1 ? unlike.join('\n') : undefined,
  );
};

const compareParts = (kind: Comparison['kind'], base: Part, head: Part, options: CompareOptions): Comparison => {
  const [before, after] = [grouped(base.entries), grouped(head.begun)];
  const pairs = pairsOf(base.entries, head.entries);
  const unfinished = unfinishedEntries(base.entries, head.begun);
  const unlike = unlikeReasons(base.saved.run, head.saved.run, pairs, unfinished.length > 0);
  if (unlike.length > 0 && (options.force !== true || (pairs.length === 0 && unfinished.length === 0)))
    refuse(base, head, unlike);
  const lines = linesOf(pairs, base, head);
  const judged = {
    kind,
    unlike,
    criteria: worstFirst([...unfinished, ...changedCriteria(pairs)]),
    counts: exactCounts(pairs),
    ...metricTable(pairs, lines, kind === 'interleaved'),
    onlyBase: [...before.keys()].filter((key) => !after.has(key)),
    onlyHead: [...after.keys()].filter((key) => !before.has(key)),
  };
  return {
    schema: comparisonSchema,
    base: base.side,
    head: head.side,
    ...judged,
    ...overall(judged),
    differences: differencesOf(base.saved.run, head.saved.run, pairs),
    timelines: timelinesOf(lines),
    operations: [],
  };
};

/** Entries of a run without `--against` are this release's. */
const entriesOf = (run: RunResult, release: 'base' | 'head'): ScenarioResult[] =>
  run.scenarios.filter((entry) => (entry.release ?? 'head') === release);

/** What was measured to its end. */
export const finishedEntries = (run: RunResult, release: 'base' | 'head'): ScenarioResult[] =>
  entriesOf(run, release).filter(({ state }) => state === 'finished');

const partOf = (saved: SavedRun, release: 'base' | 'head', name = saved.name): Part => ({
  saved,
  side: { ...sideOf(saved), name },
  begun: entriesOf(saved.run, release),
  entries: finishedEntries(saved.run, release),
});

/** Saved runs, base before head. Throws a usage error with the reasons where they are not alike, unless forced. */
export const compareRuns = (base: SavedRun, head: SavedRun, options: CompareOptions = {}): Comparison =>
  compareParts('saved', partOf(base, 'head'), partOf(head, 'head'), options);

/** True of a run made with `--against`. */
export const isInterleaved = (run: RunResult): boolean => run.scenarios.some(({ release }) => release === 'base');

/** The checkout's folder, without the folder of the service in it. */
const releaseName = (folder: string): string =>
  folder
    .split(/[\\/]/)
    .filter((part) => part !== '' && part !== 'service' && part !== 'target' && part !== '.' && part !== '..')
    .at(-1) ?? 'the other release';

/** The two releases of one interleaved run. */
export const compareReleases = (saved: SavedRun): Comparison =>
  compareParts(
    'interleaved',
    partOf(saved, 'base', releaseName(saved.run.plan.release ?? '')),
    partOf(saved, 'head', 'this release'),
    { force: true },
  );
