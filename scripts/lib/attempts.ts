/** The file of a series: a line of JSON for each attempt, which a later call goes on with. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { RunResult } from '../../harness/result.ts';

/** All that is there already; nothing where there is no file yet. */
export const readAttempts = <Attempt>(file: string): Attempt[] => {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Attempt);
};

export const appendAttempts = (file: string, attempts: readonly object[]): void =>
  appendFileSync(file, attempts.map((one) => `${JSON.stringify(one)}\n`).join(''));

/** "0123456789 and changes": what ran. */
export const commitWords = ({ commit, dirty }: Pick<RunResult['git'], 'commit' | 'dirty'>): string =>
  `${commit?.slice(0, 10) ?? 'unknown'}${dirty === true ? ' and changes' : ''}`;
