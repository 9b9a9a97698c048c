/**
 * Another release of a team's own service, for `--against`: a folder that is there, or a revision of their repository,
 * unpacked into the run's folder. Both releases run by the config of this one.
 */
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import type { OwnProcess, OwnService } from '../config/own-service.ts';
import { commandText } from '../config/variables.ts';
import { usageError } from '../errors.ts';
import { runToEnd } from '../system/run-to-end.ts';
import type { Workspace } from '../system/workspace.ts';

const prepareLimitMs = 600_000;
const locks = ['package-lock.json', 'npm-shrinkwrap.json', 'pnpm-lock.yaml', 'yarn.lock', 'bun.lock', 'bun.lockb'];

const isFolder = (place: string): boolean => statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;

const git = async (folder: string, args: readonly string[]): Promise<string | null> => {
  const result = await execa('git', ['-C', folder, ...args], { reject: false, timeout: 60_000 });
  return result.failed ? null : result.stdout.trim();
};

/** Where the config's folder stands in its repository; empty where that is the repository, or there is none. */
const prefixOf = async (folder: string): Promise<string> => (await git(folder, ['rev-parse', '--show-prefix'])) ?? '';

/** Throws a usageError before anything starts. */
export const mustBeRelease = async (against: string, { folder }: OwnService): Promise<void> => {
  if (isFolder(against)) return;
  if ((await git(folder, ['rev-parse', '--verify', '--quiet', `${against}^{commit}`])) !== null) return;
  throw usageError(
    `--against ${against}: there is no such folder, and no such revision in the repository of ${folder}`,
  );
};

const unpacked = async (against: string, folder: string, workspace: Workspace): Promise<string> => {
  const place = path.join(workspace.folder, 'release');
  const archive = path.join(workspace.folder, 'release.tar');
  const top = (await git(folder, ['rev-parse', '--show-toplevel'])) ?? folder;
  mkdirSync(place, { recursive: true });
  await execa('git', ['-C', top, 'archive', '--output', archive, against], { timeout: 120_000 });
  await execa('tar', ['-xf', archive, '-C', place], { timeout: 120_000 });
  return place;
};

/** The same place within the other release; of a folder that is a part of the repository the part may be named. */
const placeIn = async (root: string, folder: string): Promise<string> => {
  const place = path.join(root, await prefixOf(folder));
  return isFolder(place) ? place : root;
};

const moved = (folder: string, to: string) => {
  const place = (cwd: string): string => path.join(to, path.relative(folder, cwd));
  return (one: OwnProcess): OwnProcess => ({ ...one, cwd: place(one.cwd) });
};

const lockOf = (folder: string): string =>
  locks
    .map((name) => path.join(folder, name))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');

/** Where nothing is said of installing, the release has this folder's packages, if it asks for the same. */
const borrowPackages = (from: string, to: string, log: (line: string) => void): void => {
  const packages = path.join(from, 'node_modules');
  if (!existsSync(packages) || existsSync(path.join(to, 'node_modules'))) return;
  if (lockOf(from) !== lockOf(to))
    throw usageError('the other release asks for other packages: say how it is installed, as prepare: "npm ci"');
  symlinkSync(packages, path.join(to, 'node_modules'));
  log('the other release runs with the packages of this folder: its lock file is the same');
};

interface ReleaseContext {
  workspace: Workspace;
  log: (line: string) => void;
}

/** Runs what a release says of installing and building itself, in its own folder. */
const prepareIn = async (
  cwd: string,
  prepare: NonNullable<OwnService['prepare']>,
  against: string,
  { workspace, log }: ReleaseContext,
): Promise<void> => {
  const [file, ...args] = typeof prepare === 'string' ? ['/bin/sh', '-c', prepare] : prepare;
  const logFile = path.join(workspace.folder, 'prepare.log');
  log(`preparing the other release: ${commandText(prepare)}`);
  const title = `"${commandText(prepare)}" in the release ${against}`;
  await runToEnd({ title, file: file!, args, env: {}, cwd, logFile, limitMs: prepareLimitMs }, workspace);
};

/** The same service in the other release's folder, installed and built there. */
export const otherRelease = async (
  against: string,
  service: OwnService,
  context: ReleaseContext,
): Promise<OwnService> => {
  const root = isFolder(against) ? path.resolve(against) : await unpacked(against, service.folder, context.workspace);
  const folder = await placeIn(root, service.folder);
  const inOther = moved(service.folder, folder);
  const { prepare } = service;
  if (prepare === null) borrowPackages(service.folder, folder, context.log);
  else await prepareIn(folder, prepare, against, context);
  return { ...service, folder, api: inOther(service.api), beside: service.beside.map(inOther) };
};
