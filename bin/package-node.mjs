// Plain JavaScript for Node 18 and later: the Node that an installed package runs on. It is no dependency of the
// package, since npm would put it before the team's own Node on the PATH of all their scripts.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, cpSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exclusively, explainFailure, oldestMajor, SetupError } from './setup.mjs';

const manifests = fileURLToPath(new URL('node', import.meta.url));

/** The running Node where it is new enough, else ours out of npm, kept in the cache: the first start gets it. */
export function nodeOfPackage(environment = process.env) {
  if (Number(process.versions.node.split('.')[0]) >= oldestMajor) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  const version = JSON.parse(readFileSync(join(manifests, 'package.json'), 'utf8')).optionalDependencies[name];
  if (version === undefined)
    throw new SetupError(
      `there is no Node ${oldestMajor} for ${process.platform}-${process.arch} in npm, ` +
        `and this is Node ${process.versions.node}: ` +
        `start pgsurge with Node ${oldestMajor} or later (https://nodejs.org)`,
    );
  const cache = cacheFolder(environment);
  const folder = join(cache, `node-${version}`);
  const file = join(folder, 'node_modules', name, 'bin/node');
  if (!isExecutable(file)) exclusively(`${folder}.lock`, () => isExecutable(file) || get(folder, version, environment));
  return file;
}

/** As harness/system/cache.ts says it, which needs the Node that is to be got. */
function cacheFolder({ PGSURGE_CACHE_DIR: own, XDG_CACHE_HOME: xdg }) {
  const usual = process.getuid?.() === 0 ? '/var/cache/pgsurge' : join(homedir(), '.cache/pgsurge');
  const folder = own ? resolve(own) : (xdg && join(xdg, 'pgsurge')) || usual;
  try {
    mkdirSync(folder, { recursive: true });
    return folder;
  } catch (error) {
    throw new SetupError(`the cache folder ${folder} cannot be made (${error.code}): set PGSURGE_CACHE_DIR to another`);
  }
}

/** By the lock file beside the manifest, so that npm checks every byte. Whole, or not at all. */
function get(folder, version, environment) {
  process.stderr.write(
    `pgsurge: this is Node ${process.versions.node}; getting Node ${version} from npm into ${folder}, once\n`,
  );
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  cpSync(manifests, part, { recursive: true });
  const options = ['--include=optional', '--ignore-scripts', '--loglevel=error', '--no-fund', '--no-audit'];
  // npm's words go to stderr: stdout belongs to the command, which may print JSON.
  explainFailure(part, spawnSync('npm', ['ci', ...options], { cwd: part, env: environment, stdio: ['ignore', 2, 2] }));
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
