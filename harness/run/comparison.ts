/** Reads saved runs and compares them: two runs, or the two releases of one interleaved run. */
import { finishedRun, readRun, type SavedRun } from '../archive/read-run.ts';
import { rollUpsOf } from '../archive/rollups.ts';
import { compareReleases, compareRuns, isInterleaved } from '../compare/compare.ts';
import type { Comparison, Operation } from '../compare/comparison.ts';
import { finishedEntries, pairsOf } from '../compare/entries.ts';
import { operationsOf } from '../compare/movers.ts';
import { comparisonOutput, type CommandOutput } from '../compare/output.ts';
import { explained } from '../compare/suspects.ts';
import type { Observations } from '../measure/tracks/observations.ts';

/** Observations of one entry, given its run's folder; null where its samples are gone. */
export type LoadObservations = (runFolder: string, entry: string) => Promise<Observations | null>;

const withRollUps = async (saved: SavedRun, load: LoadObservations): Promise<SavedRun> => {
  if (Object.keys(saved.rollUps).length > 0) return saved;
  return { ...saved, rollUps: await rollUpsOf(saved.run.scenarios, (entry) => load(saved.folder, entry)) };
};

/** Charts show the first repeat of each side; rolling up all of them would take longer than it tells. */
const withRollUpsOfFirst = async (saved: SavedRun, load: LoadObservations): Promise<SavedRun> => {
  const pairs = pairsOf(finishedEntries(saved.run, 'base'), finishedEntries(saved.run, 'head'));
  const first = pairs.flatMap(({ base, head }) => [base[0]!, head[0]!]);
  return { ...saved, rollUps: await rollUpsOf(first, (entry) => load(saved.folder, entry)) };
};

/** Kinds of query that moved, pair by pair. `baseRelease`: which entries of `base` are the base side. */
const operations = async (
  base: SavedRun,
  head: SavedRun,
  baseRelease: 'base' | 'head',
  load: LoadObservations,
): Promise<Operation[]> => {
  const loaders = {
    base: (entry: string) => load(base.folder, entry),
    head: (entry: string) => load(head.folder, entry),
  };
  const found: Operation[] = [];
  for (const pair of pairsOf(finishedEntries(base.run, baseRelease), finishedEntries(head.run, 'head')))
    found.push(...(await operationsOf(pair, loaders)));
  return found;
};

export interface CompareArguments {
  base: string;
  head: string;
  reports: string;
  force?: boolean;
  json?: boolean;
  loadObservations: LoadObservations;
}

/**
 * `pgsurge compare BASE HEAD`. Exit 1 on a regression, 3 if something could no longer be judged, 2 (thrown) for unlike
 * or unreadable runs.
 */
export const compareCommand = async (given: CompareArguments): Promise<CommandOutput> => {
  const { reports, force = false, json = false, loadObservations: load } = given;
  const base = await withRollUps(finishedRun(readRun(given.base, reports)), load);
  const head = await withRollUps(finishedRun(readRun(given.head, reports)), load);
  const compared = compareRuns(base, head, { force });
  return comparisonOutput(explained({ ...compared, operations: await operations(base, head, 'head', load) }), { json });
};

/** What an interleaved run (`--against`) says of its two releases; null for any other run. */
export const releasesCommand = async (
  run: string,
  reports: string,
  load: LoadObservations,
): Promise<(CommandOutput & { comparison: Comparison }) | null> => {
  const read = readRun(run, reports);
  if (!isInterleaved(read.run)) return null;
  const saved = await withRollUpsOfFirst(read, load);
  const compared = compareReleases(saved);
  const comparison = explained({ ...compared, operations: await operations(saved, saved, 'base', load) });
  return { comparison, ...(await comparisonOutput(comparison)) };
};
