/** What a run is compared with at its end: a saved run (`--baseline`), or another release beside it (`--against`). */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { finishedEntries, pairsOf } from '../compare/entries.ts';
import { foreseenReasons } from '../compare/likeness.ts';
import type { CommandOutput } from '../compare/output.ts';
import { finishedRun, readRun } from '../archive/read-run.ts';
import { exitCodes, PgsurgeError, usageError, type ExitCode } from '../errors.ts';
import { openRunFolder } from '../archive/run-folder.ts';
import { moduleIn } from '../own-modules.ts';
import type { Profile } from '../profile/profiles.ts';
import type { ScenarioResult } from '../result.ts';
import { loadSavedObservations } from '../archive/saved-observations.ts';
import { compareCommand, releasesCommand } from './comparison.ts';
import { resolvePostgres } from '../tools/postgres.ts';
import type { Progress } from './progress.ts';
import type { RunOptions } from './request.ts';

/** What a release's checkout calls the service's folder; `target` until December 2026. */
const serviceFolders = ['service', 'target'];

/** The service's folder of another release's checkout; DIR may be the checkout or that folder. */
export const releaseFolder = (directory: string): string => {
  const found = [...serviceFolders.map((name) => path.join(directory, name)), directory].find((folder) =>
    ['settings', 'main'].every((id) => existsSync(moduleIn(folder, id))),
  );
  if (found === undefined)
    throw usageError(
      `--against ${directory}: there is no release of the service there; ` +
        'give the folder of a checkout (git worktree add DIR TAG makes one)',
    );
  return path.resolve(found);
};

const save = (
  runFolder: string,
  against: string,
  { text, files, exitCode }: CommandOutput,
  progress: Progress,
): ExitCode => {
  const folder = openRunFolder(runFolder);
  for (const file of files) folder.write(file.path, file.content);
  progress.line(`against ${against}: ${text.trim().split('\n').join(' ')}`);
  progress.line(`comparison: ${path.relative('.', folder.path('compare.html'))}`);
  return exitCode;
};

const unlike = (baseline: string, [first, ...others]: readonly string[]): PgsurgeError => {
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return usageError(
    `this run would not be alike --baseline ${baseline}: ${first}${more}; ` +
      `name a like run, or compare afterwards by force: pgsurge compare ${baseline} RUN --force`,
    others.length === 0 ? undefined : [first, ...others].join('\n'),
  );
};

/** Before anything starts: a baseline that this run cannot be compared with, as far as that is known. */
export const refuseUnlikeBaseline = async (
  { baseline, reports, stack: provider, dryRun }: Pick<RunOptions, 'baseline' | 'reports' | 'stack' | 'dryRun'>,
  planned: readonly ScenarioResult[],
  { name, factor }: Profile,
  log: (line: string) => void,
): Promise<void> => {
  if (baseline === undefined) return;
  const { run } = finishedRun(readRun(baseline, reports));
  const versions: Record<string, string> =
    provider === 'local' && dryRun !== true ? { postgres: (await resolvePostgres(log)).version } : {};
  const pairs = pairsOf(finishedEntries(run, 'head'), planned);
  const reasons = foreseenReasons(run, { profile: { name, timeScale: factor }, stack: { provider, versions } }, pairs);
  if (reasons.length > 0) throw unlike(baseline, reasons);
};

type CompareRequest = Pick<RunOptions, 'baseline' | 'against' | 'reports'>;

const comparison = async (
  { baseline, against, reports }: CompareRequest,
  runFolder: string,
  progress: Progress,
): Promise<ExitCode> => {
  if (against !== undefined) {
    const found = await releasesCommand(runFolder, reports, loadSavedObservations);
    if (found !== null) return save(runFolder, against, found, progress);
  }
  if (baseline === undefined) return exitCodes.asExpected;
  const found = await compareCommand({
    base: baseline,
    head: runFolder,
    reports,
    loadObservations: loadSavedObservations,
  });
  return save(runFolder, baseline, found, progress);
};

/**
 * Puts compare.html, .md and .json into the run's folder. Gives 1 for a regression, 3 where something could no longer
 * be judged, else 0. What shows only now, as another pace of the host, leaves the comparison open (3), and the run its
 * own verdict.
 */
export const compareAtEnd = async (
  request: CompareRequest,
  runFolder: string,
  progress: Progress,
): Promise<ExitCode> => {
  try {
    return await comparison(request, runFolder, progress);
  } catch (error) {
    if (!(error instanceof PgsurgeError)) throw error;
    // Also where --json keeps all else silent.
    process.stderr.write(`pgsurge: not compared: ${error.message}\n`);
    return exitCodes.inconclusive;
  }
};
