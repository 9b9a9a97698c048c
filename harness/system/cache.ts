import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { environmentError, messageOf } from '../errors.ts';
import { closedParent } from './users.ts';

const isRoot = (): boolean => process.getuid?.() === 0;

const ready = (folder: string, purpose: string, variable: string, mode?: number): string => {
  try {
    mkdirSync(folder, { recursive: true, ...(mode === undefined ? {} : { mode }) });
    accessSync(folder, constants.W_OK | constants.X_OK);
    return folder;
  } catch (error) {
    throw environmentError(
      `the ${purpose} folder ${folder} cannot be written (${messageOf(error)}); set ${variable} to a folder that can`,
    );
  }
};

/** Our own variable comes first, then that of the desktop standard, then the usual place of root or of the user. */
const chosen = (own: string | undefined, xdg: string | undefined, ofRoot: string, inHome: string): string => {
  if (own) return path.resolve(own);
  if (xdg) return path.join(xdg, 'pgsurge');
  return isRoot() ? ofRoot : path.join(homedir(), inHome);
};

/**
 * Where tools and template clusters are kept between runs; made if missing.
 * Root gets a place that other uids can reach, since Postgres refuses to run as root.
 */
export const cacheFolder = (): string => {
  const { PGSURGE_CACHE_DIR: own, XDG_CACHE_HOME: xdg } = process.env;
  const folder = chosen(own, xdg, '/var/cache/pgsurge', '.cache/pgsurge');
  return ready(folder, 'cache', 'PGSURGE_CACHE_DIR');
};

/**
 * Like `cacheFolder`, for programs that another uid must run when this process is root. If the cache's folder or a
 * parent is closed to others, /var/tmp/pgsurge stands in for it, and `log` gets a line that says so.
 */
export const sharedCacheFolder = (log: (line: string) => void = () => undefined): string => {
  const folder = cacheFolder();
  const closed = isRoot() ? closedParent(folder) : null;
  if (closed === null) return folder;
  log(
    `${closed} is closed to other users and Postgres refuses to run as root: its files go to /var/tmp/pgsurge instead`,
  );
  return ready('/var/tmp/pgsurge', 'cache', 'PGSURGE_CACHE_DIR', 0o755);
};

/** Where the lock and the registry of what each run has started are kept; one per user, readable by nobody else. */
export const stateFolder = (): string => {
  const { PGSURGE_STATE_DIR: own, XDG_STATE_HOME: xdg } = process.env;
  const folder = chosen(own, xdg, '/var/lib/pgsurge', '.local/state/pgsurge');
  return ready(folder, 'state', 'PGSURGE_STATE_DIR', 0o700);
};
