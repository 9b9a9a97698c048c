/** A program that has an end of its own: a migration, a seed, a build. */
import { environmentError } from '../errors.ts';
import { lastWords } from './log-tail.ts';
import type { SpawnOptions } from './process.ts';
import type { Workspace } from './workspace.ts';

export interface ProgramToRun {
  /** For people, as the beginning of a sentence: `the migration "npm run migrate"`. */
  title: string;
  file: string;
  args: string[];
  env: Record<string, string>;
  cwd?: string;
  logFile: string;
  limitMs: number;
}

/** Throws an environmentError with the program's last words where it fails or takes too long; nothing of it is left. */
export const runToEnd = async (
  { title, file, args, env, cwd, logFile, limitMs }: ProgramToRun,
  workspace: Workspace,
): Promise<void> => {
  const options: SpawnOptions = { env, logFile, ...(cwd === undefined ? {} : { cwd }) };
  const program = workspace.spawn(title, file, args, options);
  let late = false;
  const limit = setTimeout(() => {
    late = true;
    void program.stop({ graceMs: 0 });
  }, limitMs);
  const { code, signal } = await program.exited;
  clearTimeout(limit);
  await program.stop({ graceMs: 0 });
  if (code === 0) return;
  const how = late ? `not done after ${limitMs / 1000} s` : (signal ?? `exit ${code ?? 'unknown'}`);
  const { last, lines } = lastWords(logFile);
  throw environmentError(`${title} fails (${how})${last === '' ? '' : `: ${last}`}`, lines.join('\n'));
};
