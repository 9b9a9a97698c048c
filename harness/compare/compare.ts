/** Two saved runs, or the two releases of one interleaved run, made into one plain document. */
import type { SavedRun } from '../archive/read-run.ts';
import { usageError } from '../errors.ts';
import type { RunResult, ScenarioResult } from '../result.ts';
import { comparisonSchema, type Comparison, type Side } from './comparison.ts';
import { chancesOf } from './chances.ts';
import { changedCriteria, worstFirst } from './criteria.ts';
import { entriesOf, entryName, finishedEntries, pairsOf, type EntryPair } from './entries.ts';
import { exactCounts, missingCounts } from './exact-counts.ts';
import { differencesOf, unlikeReasons } from './likeness.ts';
import { figureRows, metricTable, slowEvents } from './metric-table.ts';
import { missingFigures } from './missing-figures.ts';
import { phaseLine, timelinesOf, type LinePair } from './timelines.ts';
import { unfinishedEntries } from './unfinished.ts';
import { overall } from './verdict.ts';

export interface CompareOptions {
  /** Compare runs that are not alike; the page says so. */
  force?: boolean;
}

/** One side with its entries. `begun`: also those that never finished. */
interface SideEntries {
  saved: SavedRun;
  side: Side;
  begun: ScenarioResult[];
  finished: ScenarioResult[];
}

const sideEntries = (saved: SavedRun, release: 'base' | 'head', name = saved.name): SideEntries => {
  const { id, startedAt, git, verdict } = saved.run;
  return {
    saved,
    side: { name, id, startedAt, commit: git.commit, dirty: git.dirty, verdict },
    begun: entriesOf(saved.run, release),
    finished: finishedEntries(saved.run, release),
  };
};

/** The first repeat of each side stands for it. Pairs of which one has no roll-up have no lines. */
const linesOf = (pairs: readonly EntryPair[], base: SideEntries, head: SideEntries): LinePair[] =>
  pairs.flatMap(({ scenario, variant, ...entries }) => {
    const before = phaseLine(entries.base[0]!, base.saved.rollUps);
    const after = phaseLine(entries.head[0]!, head.saved.rollUps);
    return before === null || after === null ? [] : [{ scenario, variant, base: before, head: after }];
  });

const refuse = (base: SideEntries, head: SideEntries, unlike: readonly string[]): never => {
  const more = unlike.length > 1 ? `, and ${unlike.length - 1} more` : '';
  throw usageError(
    `${base.side.name} and ${head.side.name} are not alike: ${unlike[0]!}${more}; ` +
      'compare like runs, or add --force to compare all the same, which marks the page',
    unlike.length > 1 ? unlike.join('\n') : undefined,
  );
};

const onlyIn = (entries: readonly ScenarioResult[], others: readonly ScenarioResult[]): string[] => {
  const known = new Set(others.map(entryName));
  return [...new Set(entries.map(entryName))].filter((name) => !known.has(name));
};

const onlyInOne = (base: SideEntries, head: SideEntries): { onlyBase: string[]; onlyHead: string[] } => ({
  onlyBase: onlyIn(base.finished, head.begun),
  onlyHead: onlyIn(head.begun, base.finished),
});

/** Says in what the sides are not alike, and refuses to compare them unless that was asked for all the same. */
const unlikeSides = (
  base: SideEntries,
  head: SideEntries,
  { pairs, unfinished, force }: { pairs: readonly EntryPair[]; unfinished: number; force: boolean },
): string[] => {
  const unlike = unlikeReasons(base.saved.run, head.saved.run, pairs, unfinished > 0);
  const nothingShared = pairs.length === 0 && unfinished === 0;
  if (unlike.length > 0 && (!force || nothingShared)) refuse(base, head, unlike);
  return unlike;
};

/** Everything that the verdict is made of. */
const judgedSides = (
  kind: Comparison['kind'],
  base: SideEntries,
  head: SideEntries,
  { force = false }: CompareOptions,
) => {
  const pairs = pairsOf(base.finished, head.finished);
  const interleaved = kind === 'interleaved';
  const begun = { base: base.begun, head: head.begun };
  const unfinished = unfinishedEntries({ ...begun, baseFinished: base.finished }, interleaved);
  const unlike = unlikeSides(base, head, { pairs, unfinished: unfinished.length, force });
  const lines = linesOf(pairs, base, head);
  const rows = figureRows(pairs, interleaved);
  const chances = chancesOf(pairs, slowEvents(rows));
  const lostFigures = missingFigures(pairs, begun, interleaved);
  const changed = changedCriteria(pairs, chances.ofVerdicts);
  const judged = {
    kind,
    unlike,
    criteria: worstFirst([...unfinished, ...lostFigures, ...changed, ...missingCounts(pairs, changed)]),
    counts: exactCounts(pairs),
    ...metricTable(rows, lines, interleaved, chances),
    ...onlyInOne(base, head),
  };
  return { pairs, lines, judged };
};

const compareSides = (
  kind: Comparison['kind'],
  base: SideEntries,
  head: SideEntries,
  options: CompareOptions,
): Comparison => {
  const { pairs, lines, judged } = judgedSides(kind, base, head, options);
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

/** Saved runs, base before head. Throws a usage error with the reasons where they are not alike, unless forced. */
export const compareRuns = (base: SavedRun, head: SavedRun, options: CompareOptions = {}): Comparison =>
  compareSides('saved', sideEntries(base, 'head'), sideEntries(head, 'head'), options);

/** True of a run made with `--against`. */
export const isInterleaved = (run: RunResult): boolean => run.scenarios.some(({ release }) => release === 'base');

/** Folders of a path that name no release; `target` is what the service's folder was called before. */
const namelessFolders = ['', '.', '..', 'service', 'target'];

/** The checkout's folder, without the folder of the service in it. */
const releaseName = (folder: string): string =>
  folder
    .split(/[\\/]/)
    .filter((name) => !namelessFolders.includes(name))
    .at(-1) ?? 'the other release';

/** The two releases of one interleaved run. */
export const compareReleases = (saved: SavedRun): Comparison => {
  const base = sideEntries(saved, 'base', releaseName(saved.run.plan.release ?? ''));
  return compareSides('interleaved', base, sideEntries(saved, 'head', 'this release'), { force: true });
};
