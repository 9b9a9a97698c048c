import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RunResult } from '../result.ts';

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
    event: (atMs, type, fields) =>
      appendFileSync(inside('events.ndjson'), `${JSON.stringify({ atMs: Math.round(atMs), type, ...fields })}\n`),
    write: replace,
  };
};

/** `<UTC time>-<name>`, sortable, and free of characters that a file system may refuse. */
export const runFolderName = (startedAt: Date, name: string): string =>
  `${startedAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '')}-${name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').slice(0, 60)}`;

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
