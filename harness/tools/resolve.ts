import { access, constants, mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import semver from 'semver';
import { environmentError, messageOf, usageError } from '../errors.ts';
import { cacheFolder } from '../system/cache.ts';
import { exclusively } from './exclusive.ts';
import type { Tool, ToolLog, ToolSource } from './tool.ts';

/** How one tool that is a single executable is found, and got where it is missing. */
export interface Recipe {
  readonly name: string;
  /** The pinned version, that of whatever we make ourselves. */
  readonly version: string;
  readonly executable: string;
  /** Names an executable to use instead. */
  readonly variable: string;
  readonly versionArguments: readonly string[];
  /** Versions of a foreign executable that will do, as a range of semver and in words. */
  readonly accepts: string;
  readonly accepted: string;
  /** Ways to come by the tool, which are tried in this order. */
  readonly ways: readonly Way[];
}

const isAccepted = ({ accepts }: Recipe, version: string): boolean =>
  semver.satisfies(version, accepts, { includePrerelease: true });

export interface Way {
  readonly from: Extract<ToolSource, 'built' | 'download'>;
  /** Writes the executable to `file`; throws with a one-line reason where it cannot. */
  readonly make: (file: string, log: ToolLog) => Promise<void>;
}

const otherProcessLimitMs = 20 * 60_000;

/**
 * The tool as it is on this machine, nothing made: the variable, the PATH if the version fits, the cache.
 * @throws usageError when the variable names something that does not start or does not fit.
 */
export const findTool = async (recipe: Recipe, log: ToolLog = () => {}): Promise<Tool | null> => {
  return (await fromEnvironment(recipe)) ?? (await fromPath(recipe, log)) ?? (await fromCache(recipe));
};

/** As `findTool`, else made and cached. @throws environmentError that says what to do when no way works. */
export const resolveTool = async (recipe: Recipe, log: ToolLog): Promise<Tool> => {
  return (await findTool(recipe, log)) ?? (await makeOnce(recipe, log));
};

/** A version found in what the executable prints, null where it does not start. */
export const versionOf = async (file: string, versionArguments: readonly string[]): Promise<string | null> => {
  const result = await execa(file, versionArguments, { reject: false, timeout: 10_000, all: true, stdin: 'ignore' });
  return result.failed ? null : (/\d+\.\d+\.\d+/.exec(result.all)?.[0] ?? null);
};

/** Where an executable of this name lies on the PATH, first one first. */
export const onPath = async (name: string): Promise<string | null> => {
  for (const folder of (process.env.PATH ?? '').split(path.delimiter).filter(Boolean)) {
    if (await isExecutable(path.join(folder, name))) return path.join(folder, name);
  }
  return null;
};

const isExecutable = (file: string): Promise<boolean> =>
  access(file, constants.X_OK).then(
    () => true,
    () => false,
  );

const toolOf = (recipe: Recipe, file: string, version: string, from: ToolSource): Tool => ({
  name: recipe.name,
  path: file,
  version,
  from,
  env: {},
});

const fromEnvironment = async (recipe: Recipe): Promise<Tool | null> => {
  const file = process.env[recipe.variable];
  if (file === undefined || file === '') return null;
  const version = await versionOf(file, recipe.versionArguments);
  if (version === null) {
    throw usageError(
      `${recipe.variable} names ${file}, which does not start as ${recipe.name}: ` +
        'correct it, or unset it to let pgsurge find its own',
    );
  }
  if (!isAccepted(recipe, version)) {
    throw usageError(
      `${recipe.variable} names ${recipe.name} ${version}, but ${recipe.accepted} is needed: ` +
        'correct it, or unset it to let pgsurge find its own',
    );
  }
  return toolOf(recipe, file, version, 'environment');
};

const fromPath = async (recipe: Recipe, log: ToolLog): Promise<Tool | null> => {
  const file = await onPath(recipe.executable);
  if (file === null) return null;
  const version = await versionOf(file, recipe.versionArguments);
  if (version !== null && isAccepted(recipe, version)) return toolOf(recipe, file, version, 'path');
  log(
    `passing over ${file}: it is ${recipe.name} ${version ?? 'of no known version'}, and ${recipe.accepted} is needed`,
  );
  return null;
};

const cachedFolder = (recipe: Recipe): string =>
  path.join(cacheFolder(), 'tools', `${recipe.name}-${recipe.version}-${process.platform}-${process.arch}`);

const fromCache = async (recipe: Recipe): Promise<Tool | null> => {
  const file = path.join(cachedFolder(recipe), recipe.executable);
  if (!(await isExecutable(file))) return null;
  const version = await versionOf(file, recipe.versionArguments);
  return version === recipe.version ? toolOf(recipe, file, version, 'cache') : null;
};

/** What a killed process was making; nobody else is, since we hold the lock. */
const removeHalfMade = async (folder: string): Promise<void> => {
  const names = await readdir(path.dirname(folder));
  const halfMade = names.filter(
    (name) => name.startsWith(`${path.basename(folder)}.`) && /\.(built|download)$/.test(name),
  );
  await Promise.all(
    halfMade.map((name) => rm(path.join(path.dirname(folder), name), { recursive: true, force: true })),
  );
};

const makeOnce = (recipe: Recipe, log: ToolLog): Promise<Tool> => {
  const limits = {
    limitMs: otherProcessLimitMs,
    onWait: (owner: number) => log(`waiting for process ${owner}, which is getting ${recipe.name} already`),
  };
  return exclusively(
    `${cachedFolder(recipe)}.lock`,
    async () => (await fromCache(recipe)) ?? (await make(recipe, log)),
    limits,
  );
};

const make = async (recipe: Recipe, log: ToolLog): Promise<Tool> => {
  const reasons: string[] = [];
  await removeHalfMade(cachedFolder(recipe));
  for (const way of recipe.ways) {
    try {
      return await makeBy(way, recipe, log);
    } catch (error) {
      reasons.push(`${way.from}: ${error instanceof Error ? error.message : String(error)}`);
      log(`${recipe.name} could not be ${way.from === 'built' ? 'built' : 'downloaded'}: ${messageOf(error)}`);
    }
  }
  throw environmentError(
    `no ${recipe.name}, and no way to get it worked: install ${recipe.accepted} and name it by ` +
      `${recipe.variable}=/path/to/${recipe.executable}, or install Go (https://go.dev/dl) and start again`,
    reasons.join('\n'),
  );
};

/** Into a folder of its own first, so that the cache holds whole tools only. */
const makeBy = async (way: Way, recipe: Recipe, log: ToolLog): Promise<Tool> => {
  const startedAt = Date.now();
  const folder = cachedFolder(recipe);
  const halfMade = `${folder}.${process.pid}.${way.from}`;
  try {
    const file = path.join(halfMade, recipe.executable);
    await mkdir(halfMade, { recursive: true });
    await way.make(file, log);
    const version = await versionOf(file, recipe.versionArguments);
    if (version !== recipe.version) throw new Error(`what came out calls itself version ${version ?? 'unknown'}`);
    await rm(folder, { recursive: true, force: true });
    await rename(halfMade, folder);
    log(`${recipe.name} ${version} ready after ${Math.round((Date.now() - startedAt) / 1000)} s: ${folder}`);
    return toolOf(recipe, path.join(folder, recipe.executable), version, way.from);
  } finally {
    await rm(halfMade, { recursive: true, force: true });
  }
};
