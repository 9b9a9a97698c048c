/** All runs saved in a folder of reports, and those kept in it. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { PgsurgeError } from '../errors.ts';
import { isRunFolder, readRun, type SavedRun } from './read-run.ts';

const runFolders = (folder: string): string[] => {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(folder, name))
    .filter(isRunFolder);
};

/** Every readable run under `reports` and `reports/kept`, and one line for each that is not. */
export const allRuns = (reports: string): { runs: SavedRun[]; unreadable: string[] } => {
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
