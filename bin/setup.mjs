// Plain JavaScript for Node 18 and later, no dependency: it runs before there are any.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The oldest Node that runs the harness as it is: types stripped, `await using` understood. */
export const oldestMajor = 24;
const projectRoot = fileURLToPath(new URL('..', import.meta.url));
const waitLimitMs = 15 * 60_000;

/** One line for a person; exit code 4, "the environment lacks something". */
export class SetupError extends Error {}

/**
 * Installs the npm packages where they are missing, incomplete or older than the lock file.
 * @returns the Node that runs the harness.
 */
export function setUp(root = projectRoot, environment = process.env) {
  if (lacking(root) !== null) exclusively(join(root, '.setup.lock'), () => install(root, environment));
  return nodeOf(root);
}

/**
 * What `node_modules` lacks, in words, or null. npm writes its own lock file last: without it, it was cut short.
 * @returns {string | null}
 */
export function lacking(root) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  if (wanted === undefined)
    throw new SetupError(`${root} has no readable package-lock.json: get it back with git checkout package-lock.json`);
  const present = readJson(join(root, 'node_modules/.package-lock.json'))?.packages;
  if (present === undefined)
    return existsSync(join(root, 'node_modules')) ? 'npm packages incomplete' : 'npm packages missing';
  const different = differing(wanted, present);
  if (different !== undefined) return `npm packages older than package-lock.json (${different})`;
  const gone = Object.keys(present).find((path) => !existsSync(join(root, path, 'package.json')));
  return gone === undefined ? null : `npm packages damaged (${gone})`;
}

/** The first needed package that is missing or of another version. */
function differing(wanted, present) {
  const needed = Object.keys(wanted).filter((path) => path !== '' && isNeeded(wanted, path));
  return needed.find((path) => present[path]?.version !== wanted[path].version);
}

/** Optional packages are those of one platform: needed are ours, named in a package.json here, where they fit here. */
function isNeeded(packages, path) {
  const { optional, os, cpu } = packages[path];
  if (!optional) return true;
  const ours = ['', 'bin/node'].some((manifest) =>
    Object.keys(packages[manifest]?.optionalDependencies ?? {}).some((name) => path === `node_modules/${name}`),
  );
  return (
    ours && (os ?? [process.platform]).includes(process.platform) && (cpu ?? [process.arch]).includes(process.arch)
  );
}

function install(root, environment) {
  const reason = lacking(root);
  if (reason === null) return;
  process.stderr.write(`pgsurge: ${reason}; running npm ci, which takes from 10 s to a minute\n`);
  const options = ['--include=dev', '--include=optional', '--loglevel=error', '--no-fund', '--no-audit'];
  // npm's words go to stderr: stdout belongs to the command, which may print JSON.
  const stdio = ['ignore', 2, 2];
  explainFailure(root, spawnSync('npm', ['ci', ...options], { cwd: root, env: environment, stdio }));
}

/** Throws what a person can do about npm ci that did not do its work. */
export function explainFailure(root, { error, status, signal }) {
  if (error?.code === 'ENOENT')
    throw new SetupError('npm is not on the PATH: install Node with npm (https://nodejs.org) and start again');
  if (error !== undefined)
    throw new SetupError(`npm ci did not start (${error.message}): run it in ${root} and start again`);
  if (status !== 0)
    throw new SetupError(
      `npm ci ended with ${signal ?? `exit code ${status}`}, its reason is above: ` +
        `run npm ci in ${root} until it works, then start again`,
    );
}

/** Our Node from npm, else the running one where it is new enough. */
function nodeOf(root) {
  const ours = join(root, 'node_modules/.bin/node');
  try {
    accessSync(ours, constants.X_OK);
    return ours;
  } catch {
    if (Number(process.versions.node.split('.')[0]) >= oldestMajor) return process.execPath;
    throw new SetupError(
      `npm has no Node ${oldestMajor} for ${process.platform}-${process.arch}, ` +
        `and this is Node ${process.versions.node}: ` +
        `start pgsurge with Node ${oldestMajor} or later (https://nodejs.org)`,
    );
  }
}

/** Two starts in an empty clone at once: one installs, the other waits. A lock whose owner is dead is taken over. */
export function exclusively(lockFile, work) {
  const deadline = Date.now() + waitLimitMs;
  for (let told = false; !tryLock(lockFile);) {
    const owner = ownerOf(lockFile);
    if (owner === 'dead') rmSync(lockFile, { force: true });
    if (typeof owner !== 'number') continue;
    if (!told) process.stderr.write(`pgsurge: waiting for process ${owner}, which is setting up already\n`);
    told = true;
    if (Date.now() > deadline)
      throw new SetupError(
        `process ${owner} has been setting up for ${waitLimitMs / 60_000} minutes: ` +
          `end it, or delete ${lockFile}, and start again`,
      );
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  try {
    return work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

/** A hard link appears whole, with its content, or not at all. */
function tryLock(lockFile) {
  const own = `${lockFile}.${process.pid}`;
  try {
    writeFileSync(own, `${process.pid}\n`);
    linkSync(own, lockFile);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw new SetupError(
      `cannot write ${lockFile} (${error.code}): make the folder writable, or run npm ci there as its owner`,
    );
  } finally {
    rmSync(own, { force: true });
  }
}

/** @returns {number | 'dead' | null} null when the lock is gone by now */
function ownerOf(lockFile) {
  try {
    const owner = Number(readFileSync(lockFile, 'utf8'));
    if (statSync(lockFile).mtimeMs < Date.now() - uptime() * 1000) return 'dead';
    process.kill(owner, 0);
    return owner;
  } catch (error) {
    if (error.code === 'ENOENT') return null;
    return error.code === 'EPERM' ? Number(readFileSync(lockFile, 'utf8')) : 'dead';
  }
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Runs `start`; a SetupError becomes one line and exit code 4. */
export async function orExplain(start) {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`pgsurge: ${error.message}\n`);
    process.exitCode = 4;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href)
  await orExplain(() => void setUp());
