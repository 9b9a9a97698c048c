/** The repository's own files, as git knows them. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

export const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Also what is new and not ignored, so that a file breaks a rule before it is committed. */
export const repositoryFiles = (): string[] =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((file) => file !== '' && existsSync(path.join(root, file)));

/** What only tests use may reach anywhere, and nothing else may use it. */
export const isForTests = (file: string): boolean =>
  /\.test\.ts$|\/fixtures\/|\/recordings\/|\/fixtures\.ts$|^harness\/end-to-end\/|\/test-\w+\.ts$/.test(file);
