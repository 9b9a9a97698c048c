/** What a run is compared with at its end: a saved run (`--baseline`), or another release run beside it (`--against`). */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { compareCommand, releasesCommand, type CommandOutput } from './compare/commands.ts';
import { exitCodes, usageError, type ExitCode } from './errors.ts';
import { openRunFolder } from './folder.ts';
import { loadSavedObservations } from './saved-observations.ts';
import type { Progress } from './terminal.ts';

export interface CompareRequest { baseline?: string; against?: string; reports: string }

/** The service's folder of another release's checkout; DIR may be the checkout or that folder. */
export const releaseFolder = (directory: string): string => {
  const found = [path.join(directory, 'target'), directory].find((folder) => existsSync(path.join(folder, 'settings.ts')) && existsSync(path.join(folder, 'main.ts')));
  if (found === undefined) throw usageError(`--against ${directory}: there is no release of the service there; give the folder of a checkout (git worktree add DIR TAG makes one)`);
  return path.resolve(found);
};

const save = (runFolder: string, against: string, { text, files, exitCode }: CommandOutput, progress: Progress): ExitCode => {
  const folder = openRunFolder(runFolder);
  for (const file of files) folder.write(file.path, file.content);
  progress.line(`against ${against}: ${text.trim().split('\n').join(' ')}`);
  progress.line(`comparison: ${path.relative('.', folder.path('compare.html'))}`);
  return exitCode;
};

/**
 * Puts compare.html, .md and .json into the run's folder. Gives 1 for a regression, 3 where something could no longer be
 * judged, else 0. An unlike or unreadable baseline is an error, never a pass.
 */
export const compareAtEnd = async ({ baseline, against, reports }: CompareRequest, runFolder: string, progress: Progress): Promise<ExitCode> => {
  if (against !== undefined) {
    const found = await releasesCommand(runFolder, reports, loadSavedObservations);
    if (found !== null) return save(runFolder, against, found, progress);
  }
  if (baseline === undefined) return exitCodes.asExpected;
  const found = await compareCommand({ base: baseline, head: runFolder, reports, loadObservations: loadSavedObservations });
  return save(runFolder, baseline, found, progress);
};

/** Fail beats inconclusive; an interrupted run is that and nothing else. */
export const worseOf = (run: ExitCode, compared: ExitCode): ExitCode => {
  const order: ExitCode[] = [exitCodes.interrupted, exitCodes.failed, exitCodes.inconclusive];
  return order.find((code) => run === code || compared === code) ?? exitCodes.asExpected;
};
