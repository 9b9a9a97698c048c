import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * The folder for what is costly to get and safe to lose: built tools, unpacked packages, database templates.
 * PGSURGE_CACHE_DIR overrides. Root gets /var/cache, since Postgres refuses root and another uid must be able
 * to read what is cached (a root's home is closed to it).
 */
export function cacheFolder(): string {
  const { PGSURGE_CACHE_DIR: own, XDG_CACHE_HOME: xdg } = process.env;
  if (own !== undefined && own !== '') return own;
  if (xdg !== undefined && xdg !== '') return join(xdg, 'pgsurge');
  return process.getuid?.() === 0 ? '/var/cache/pgsurge' : join(homedir(), '.cache', 'pgsurge');
}
