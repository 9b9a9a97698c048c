/** `compare`, `history` and `keep` as functions: plain arguments in, text, files and an exit code out. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { exitCodes, PgsurgeError, type ExitCode } from '../errors.ts';
import { compareReleases, compareRuns, finishedEntries, isInterleaved, pairsOf } from './compare.ts';
import type { Comparison, Operation } from './comparison.ts';
import { history, type History } from './history.ts';
import { comparePage } from './pages/compare-page.ts';
import { historyPage } from './pages/history-page.ts';
import { keepRun } from '../archive/keep.ts';
import { comparisonMarkdown, historyMarkdown } from './markdown.ts';
import { operationsOf } from './movers.ts';
import { findSavedRun, finishedRun, readRun, type SavedRun } from '../archive/read-run.ts';
import { rollUpsOf } from '../archive/rollups.ts';
import { explained } from './verdict.ts';
import { printable } from './words.ts';
import type { Observations } from '../measure/tracks/observations.ts';

export interface CommandOutput {
  text: string;
  files: { path: string; content: string }[];
  exitCode: ExitCode;
}

/** Observations of one entry, given its run's folder; null where its samples are gone. */
export type LoadObservations = (runFolder: string, entry: string) => Promise<Observations | null>;

const withRollUps = async (saved: SavedRun, load: LoadObservations): Promise<SavedRun> =>
  Object.keys(saved.rollUps).length > 0
    ? saved
    : { ...saved, rollUps: await rollUpsOf(saved.run.scenarios, (entry) => load(saved.folder, entry)) };

const exitCodeOf = ({ verdict }: Pick<Comparison, 'verdict'>): ExitCode =>
  verdict === 'regression'
    ? exitCodes.failed
    : verdict === 'inconclusive'
      ? exitCodes.inconclusive
      : exitCodes.asExpected;

const movers = async (
  base: SavedRun,
  head: SavedRun,
  sides: ['base' | 'head', 'head'],
  load: LoadObservations,
): Promise<Operation[]> => {
  const pairs = pairsOf(finishedEntries(base.run, sides[0]), finishedEntries(head.run, sides[1]));
  const loaders = {
    base: (entry: string) => load(base.folder, entry),
    head: (entry: string) => load(head.folder, entry),
  };
  const found: Operation[] = [];
  for (const pair of pairs) found.push(...(await operationsOf(pair, loaders)));
  return found;
};

/** compare.html, compare.md and compare.json of one comparison. */
export const comparisonFiles = async (comparison: Comparison): Promise<CommandOutput['files']> => [
  { path: 'compare.html', content: await comparePage(comparison) },
  { path: 'compare.md', content: comparisonMarkdown(comparison) },
  { path: 'compare.json', content: `${JSON.stringify(comparison)}\n` },
];

export interface CompareArguments {
  base: string;
  head: string;
  reports: string;
  force?: boolean;
  json?: boolean;
  loadObservations: LoadObservations;
}

/** `pgsurge compare BASE HEAD`. Exit 1 on a regression, 3 if something could no longer be judged, 2 (thrown) for unlike or unreadable runs. */
export const compareCommand = async ({
  base,
  head,
  reports,
  force,
  json,
  loadObservations,
}: CompareArguments): Promise<CommandOutput> => {
  const read = (run: string): Promise<SavedRun> => withRollUps(finishedRun(readRun(run, reports)), loadObservations);
  const [before, after] = [await read(base), await read(head)];
  const compared = compareRuns(before, after, { force: force === true });
  const comparison = explained({
    ...compared,
    operations: await movers(before, after, ['head', 'head'], loadObservations),
  });
  const text =
    json === true ? `${JSON.stringify(comparison)}\n` : printable(`${comparison.sentence}\n${comparison.nextStep}\n`);
  return { text, files: await comparisonFiles(comparison), exitCode: exitCodeOf(comparison) };
};

/** Charts show the first repeat of each side; rolling up all of them would take longer than it tells. */
const withRollUpsOfFirst = async (saved: SavedRun, load: LoadObservations): Promise<SavedRun> => {
  const pairs = pairsOf(finishedEntries(saved.run, 'base'), finishedEntries(saved.run, 'head'));
  return {
    ...saved,
    rollUps: await rollUpsOf(
      pairs.flatMap(({ base, head }) => [base[0]!, head[0]!]),
      (entry) => load(saved.folder, entry),
    ),
  };
};

/** What an interleaved run (`--against`) says of its two releases; null for any other run. */
export const releasesCommand = async (
  run: string,
  reports: string,
  loadObservations: LoadObservations,
): Promise<(CommandOutput & { comparison: Comparison }) | null> => {
  const read = readRun(run, reports);
  if (!isInterleaved(read.run)) return null;
  const saved = await withRollUpsOfFirst(read, loadObservations);
  const comparison = explained({
    ...compareReleases(saved),
    operations: await movers(saved, saved, ['base', 'head'], loadObservations),
  });
  return {
    comparison,
    text: printable(`${comparison.sentence}\n${comparison.nextStep}\n`),
    files: await comparisonFiles(comparison),
    exitCode: exitCodeOf(comparison),
  };
};

const runFolders = (folder: string): string[] =>
  (existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => path.join(folder, name))
    : []
  ).filter((run) => existsSync(path.join(run, 'run.json')) || existsSync(path.join(run, 'run.json.gz')));

/** Every readable run under `reports` and `reports/kept`, and one line for each that is not. */
const allRuns = (reports: string): { runs: SavedRun[]; unreadable: string[] } => {
  const runs: SavedRun[] = [];
  const unreadable: string[] = [];
  for (const folder of [...runFolders(reports), ...runFolders(path.join(reports, 'kept'))]) {
    try {
      runs.push(readRun(folder, reports));
    } catch (error) {
      if (!(error instanceof PgsurgeError)) throw error;
      unreadable.push(`left out: ${error.message}`);
    }
  }
  return { runs, unreadable };
};

/** Runs that were left out for one reason make one line; the page lists them all. */
const mostLeftOutLines = 5;

const leftOutLines = (leftOut: History['leftOut']): string[] => {
  const lines = [...Map.groupBy(leftOut, ({ reason }) => reason)].map(([reason, runs]) => {
    const names =
      runs
        .slice(0, 3)
        .map(({ name }) => name)
        .join(', ') + (runs.length > 3 ? ` and ${runs.length - 3} more` : '');
    return `left out: ${names}: ${reason}`;
  });
  return lines.length <= mostLeftOutLines
    ? lines
    : [
        ...lines.slice(0, mostLeftOutLines),
        `left out: for ${lines.length - mostLeftOutLines} more reasons, see the page`,
      ];
};

/** `pgsurge history`. Exit 1 when a gated figure got worse within the newest runs. */
export const historyCommand = async ({
  reports,
  json,
}: {
  reports: string;
  json?: boolean;
}): Promise<CommandOutput> => {
  const { runs, unreadable } = allRuns(reports);
  const found = history(runs);
  const lines = [
    ...unreadable,
    ...leftOutLines(found.leftOut),
    `${found.runs.length} ${found.runs.length === 1 ? 'run' : 'runs'}, ${found.trends.length} trends`,
    found.sentence,
    ...found.notes,
  ];
  return {
    text: json === true ? `${JSON.stringify(found)}\n` : printable(`${lines.join('\n')}\n`),
    files: [
      { path: 'history.html', content: await historyPage(found) },
      { path: 'history.md', content: historyMarkdown(found) },
      { path: 'history.json', content: `${JSON.stringify(found)}\n` },
    ],
    exitCode: found.verdict === 'regression' ? exitCodes.failed : exitCodes.asExpected,
  };
};

export interface KeepArguments {
  run: string;
  label: string;
  reports: string;
  replace?: boolean;
  loadObservations: LoadObservations;
}

/** `pgsurge keep RUN LABEL`. Writes reports/kept/LABEL itself, whole or not at all. */
export const keepCommand = async ({
  run,
  label,
  reports,
  replace,
  loadObservations,
}: KeepArguments): Promise<CommandOutput> => {
  const folder = findSavedRun(run, reports);
  const kept = await keepRun(folder, label, path.join(reports, 'kept'), {
    replace: replace === true,
    observationsOf: (entry) => loadObservations(folder, entry),
  });
  return {
    text: `kept as ${label}: ${path.relative('.', kept.folder)} (${Math.ceil(kept.bytes / 1000)} kB, ${kept.note}); commit it to share it\n`,
    files: [],
    exitCode: exitCodes.asExpected,
  };
};
