import { compareRuns } from './compare/compare.ts';
import { finishedRun, readRun } from './compare/read-run.ts';
import type { Progress } from './terminal.ts';

/** `--baseline`: this run against a saved one. True if it is a regression. An unlike or unreadable baseline is an error, never a pass. */
export const compareWithBaseline = (baseline: string, runFolder: string, reportsFolder: string, progress: Progress): boolean => {
  const { verdict, sentence } = compareRuns(finishedRun(readRun(baseline, reportsFolder)), finishedRun(readRun(runFolder, reportsFolder)));
  progress.line(`against ${baseline}: ${sentence}`);
  return verdict === 'regression';
};
