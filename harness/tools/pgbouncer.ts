import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { environmentError } from '../errors.ts';
import { sharedCacheFolder } from '../system/cache.ts';
import type { Tool, ToolLog, ToolSource } from './tool.ts';

const install = 'run: sudo apt-get install pgbouncer, or set PGBOUNCER_BIN';

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const unpackedFolder = (log?: ToolLog): string => path.join(sharedCacheFolder(log), `pgbouncer-${process.arch}`);

/** Folders of shared libraries in an unpacked package: usr/lib/<triplet>, and lib/<triplet> in older ones. */
const libraryPath = (root: string): string =>
  ['usr/lib', 'lib']
    .map((lib) => path.join(root, lib))
    .filter((lib) => existsSync(lib))
    .flatMap((lib) =>
      readdirSync(lib, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && entry.name.includes('linux'))
        .map((entry) => path.join(lib, entry.name)),
    )
    .join(':');

const environmentOf = (root: string): Record<string, string> => ({ LD_LIBRARY_PATH: libraryPath(root) });

/** Null if it does not run. */
const toolAt = async (file: string, from: ToolSource, env: Record<string, string>): Promise<Tool | null> => {
  const result = await execa(file, ['--version'], { reject: false, env, timeout: 10_000 });
  const version = /PgBouncer (\d+(?:\.\d+)+)/i.exec(result.stdout ?? '')?.[1];
  return version === undefined ? null : { name: 'pgbouncer', path: file, version, from, env };
};

const cachedTool = (root: string, from: ToolSource): Promise<Tool | null> =>
  toolAt(path.join(root, 'usr/sbin/pgbouncer'), from, environmentOf(root));

/** PGBOUNCER_BIN, else the PATH (with the sbin folders, which users lack), else the cache; null if nowhere. */
export const findPgbouncer = async (): Promise<Tool | null> => {
  const own = process.env['PGBOUNCER_BIN'];
  if (own !== undefined && own !== '') {
    const tool = await toolAt(path.resolve(own), 'environment', {});
    if (tool === null)
      throw environmentError(`PGBOUNCER_BIN is ${own}, which does not run as PgBouncer; correct it, or unset it`);
    return tool;
  }
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  const file = folders
    .filter(Boolean)
    .map((folder) => path.join(folder, 'pgbouncer'))
    .find(isExecutable);
  return (file === undefined ? null : await toolAt(file, 'path', {})) ?? (await cachedTool(unpackedFolder(), 'cache'));
};

/** apt with package lists of our own, so that neither root nor the system's lists are needed. */
const ownLists = async (folder: string): Promise<string[]> => {
  for (const sub of ['lists/partial', 'cache/archives/partial'])
    await mkdir(path.join(folder, sub), { recursive: true });
  return [
    '-o',
    `Dir::State::lists=${folder}/lists`,
    '-o',
    `Dir::Cache=${folder}/cache`,
    '-o',
    'Debug::NoLocking=1',
    '-o',
    'APT::Sandbox::User=',
  ];
};

type Apt = (command: 'apt-get' | 'apt-cache', ...args: string[]) => Promise<string>;

const aptIn =
  (cwd: string, options: string[]): Apt =>
  async (command, ...args) =>
    (await execa(command, [...options, ...args], { cwd, timeout: 180_000 })).stdout;

/** Downloads the package; where the machine's lists are empty or old, gets lists of its own first. */
const downloadPackage = async (folder: string, log: ToolLog): Promise<Apt> => {
  const system = aptIn(folder, ['-o', 'APT::Sandbox::User=']);
  try {
    await system('apt-get', 'download', 'pgbouncer');
    return system;
  } catch {
    log('getting package lists, since this machine has none that know PgBouncer');
    const own = aptIn(folder, await ownLists(path.join(folder, 'apt')));
    await own('apt-get', 'update');
    await own('apt-get', 'download', 'pgbouncer');
    return own;
  }
};

const unpackAll = async (folder: string, root: string): Promise<void> => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.deb'))) {
    await execa('dpkg-deb', ['-x', path.join(folder, file), root]);
  }
};

const isInstalled = async (name: string): Promise<boolean> =>
  (await execa('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], { reject: false })).stdout === 'installed';

/** Names of the libraries' packages that it depends on and that are not installed (they differ by release). */
const missingLibraries = async (apt: Apt): Promise<string[]> => {
  const depends = (await apt('apt-cache', 'depends', 'pgbouncer')).matchAll(/Depends: (lib[\w.+-]+)/g);
  const names = [...new Set([...depends].map((match) => match[1] as string))];
  const installed = await Promise.all(names.map(isInstalled));
  return names.filter((_, index) => !installed[index]);
};

/** Unpacks the distribution's package into the cache without installing it: no root, no service started. */
const downloadIntoCache = async (root: string, log: ToolLog): Promise<void> => {
  const folder = await mkdtemp(`${root}.part-`);
  try {
    const unpacked = path.join(folder, 'root');
    const apt = await downloadPackage(folder, log);
    const libraries = await missingLibraries(apt);
    if (libraries.length > 0) await apt('apt-get', 'download', ...libraries);
    await unpackAll(folder, unpacked);
    await execa('chmod', ['-R', 'a+rX', unpacked]);
    if ((await cachedTool(unpacked, 'download')) === null) throw new Error('the unpacked PgBouncer does not run');
    await rm(root, { recursive: true, force: true });
    // Another run may have made it meanwhile: then theirs is as good.
    await rename(unpacked, root).catch(() => undefined);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** PgBouncer from wherever it is, else out of the distribution's packages into the cache. */
export const resolvePgbouncer = async (log: ToolLog = () => undefined): Promise<Tool> => {
  const found = await findPgbouncer();
  if (found !== null) return found;
  const root = unpackedFolder(log);
  log(`getting PgBouncer out of the distribution's packages into ${root}, once`);
  try {
    await downloadIntoCache(root, log);
  } catch (error) {
    throw environmentError(
      `PgBouncer is not here and could not be downloaded with apt-get; ${install}`,
      error instanceof Error ? error.message : String(error),
      error,
    );
  }
  const tool = await cachedTool(root, 'download');
  if (tool === null) throw environmentError(`PgBouncer was unpacked into ${root} but does not run; ${install}`);
  return tool;
};
