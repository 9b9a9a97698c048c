/** `--baseline RUN`: the end of a run compares it with a saved one and puts the page beside its report. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PgsurgeError } from '../errors.ts';
import { compareCommand, type LoadObservations } from './commands.ts';

/**
 * Writes compare.html, .md and .json into `runFolder`. True on a regression. Where the runs are not alike nothing is
 * compared: the reason is said and saved in compare.md, and the run's own verdict stands.
 */
export const compareWithBaseline = async (
  baseline: string, runFolder: string, reports: string, progress: { line(text: string): void }, loadObservations: LoadObservations = () => Promise.resolve(null),
): Promise<boolean> => {
  const write = (name: string, content: string): void => {
    mkdirSync(runFolder, { recursive: true });
    writeFileSync(path.join(runFolder, name), content);
  };
  try {
    const { files, text, exitCode } = await compareCommand({ base: baseline, head: runFolder, reports, loadObservations });
    for (const file of files) write(file.path, file.content);
    progress.line(`against ${baseline}: ${text.split('\n')[0] ?? ''}`);
    progress.line(`comparison: ${path.relative('.', path.join(runFolder, 'compare.html'))}`);
    return exitCode === 1;
  } catch (error) {
    if (!(error instanceof PgsurgeError)) throw error;
    progress.line(`not compared: ${error.message}`);
    write('compare.md', `### 🟡 pgsurge: not compared\n\n${error.message.replaceAll(/[<>&]/g, ' ')}\n`);
    return false;
  }
};
