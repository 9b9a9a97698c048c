/**
 * What a killed run has broken and not mended yet stands in a journal in its folder. This room knows nothing of what is
 * in there: whoever writes the journal also registers the module that replays it (`Workspace.registerMender`).
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../errors.ts';
import type { RunRecord } from './residue.ts';

/** What a module that is registered as mender exports. */
interface Mender {
  /** Undoes all that the journal holds open; gives a line for each thing. */
  replayJournal(file: string): Promise<string[]>;
}

/** A journal that takes longer is given up, so that the rest is cleared up all the same. */
const limitMs = 4000;

/** `journal.ndjson` in the workspace: reverts of faults in force, written by the faults before they inject. */
export const journalFile = (workspaceFolder: string): string => path.join(workspaceFolder, 'journal.ndjson');

const givenUp = (): Promise<string[]> =>
  new Promise((resolve) => {
    setTimeout(() => resolve([`fault journal: given up after ${limitMs / 1000} s`]), limitMs).unref();
  });

const replay = async (module: string, journal: string): Promise<string[]> => {
  try {
    const mender = (await import(pathToFileURL(module).href)) as Mender;
    return await mender.replayJournal(journal);
  } catch (error) {
    return [`fault journal: ${messageOf(error)}`];
  }
};

/** Mends what the run has broken, by the module that the run itself has named; a line for each thing. */
export const mendFaults = async ({ folder, mender }: Pick<RunRecord, 'folder' | 'mender'>): Promise<string[]> => {
  const journal = journalFile(folder);
  if (mender == null || !existsSync(journal)) return [];
  return Promise.race([replay(mender, journal), givenUp()]);
};
