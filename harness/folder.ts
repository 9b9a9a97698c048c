import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { usageError } from './errors.ts';
import { runResult, type RunResult } from './result.ts';

/** The folder of one run; the only place that writes run.json and events.ndjson. */
export interface RunFolder {
  readonly folder: string;
  path(...parts: string[]): string;
  /** Whole or not at all: written beside, then renamed. */
  save(run: RunResult): void;
  event(atMs: number, type: string, fields: Record<string, unknown>): void;
  write(name: string, content: string): void;
}

export const openRunFolder = (folder: string): RunFolder => {
  mkdirSync(folder, { recursive: true });
  const inside = (...parts: string[]): string => path.join(folder, ...parts);
  const replace = (name: string, content: string): void => {
    mkdirSync(path.dirname(inside(name)), { recursive: true });
    writeFileSync(inside(`${name}.part`), content);
    renameSync(inside(`${name}.part`), inside(name));
  };
  return {
    folder,
    path: inside,
    save: (run) => replace('run.json', `${JSON.stringify(run, null, 1)}\n`),
    event: (atMs, type, fields) => appendFileSync(inside('events.ndjson'), `${JSON.stringify({ atMs: Math.round(atMs), type, ...fields })}\n`),
    write: replace,
  };
};

/** `<UTC time>-<name>`, sortable, and free of characters that a file system may refuse. */
export const runFolderName = (startedAt: Date, name: string): string =>
  `${startedAt.toISOString().replace(/\.\d+Z$/, 'Z').replaceAll(':', '')}-${name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 60)}`;

/** `latest` beside the runs, for people; not having it is harmless. */
export const pointLatest = (reportsFolder: string, runFolder: string): void => {
  const link = path.join(reportsFolder, 'latest');
  try {
    rmSync(link, { force: true });
    symlinkSync(path.basename(runFolder), link);
  } catch {
    // A file system without links.
  }
};

/** The folder of a run given as a path, as a name under `reportsFolder`, or as `latest`. */
export const findRunFolder = (run: string, reportsFolder: string): string => {
  const found = [run, path.join(reportsFolder, run), path.join(reportsFolder, 'kept', run)].find((folder) => existsSync(path.join(folder, 'run.json')));
  if (found === undefined) throw usageError(`there is no saved run "${run}": neither a folder with a run.json nor a name under ${path.relative('.', reportsFolder) || '.'}`);
  return found;
};

/** One line for a torn, foreign or half-written document. */
export const readRunResult = (folder: string): RunResult => {
  let document: unknown;
  try {
    document = JSON.parse(readFileSync(path.join(folder, 'run.json'), 'utf8'));
  } catch (error) {
    throw usageError(`${path.basename(folder)}/run.json cannot be read as JSON: it is torn or not ours`, String(error));
  }
  const parsed = runResult.safeParse(document);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw usageError(`${path.basename(folder)}/run.json is not a pgsurge run: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`);
};
