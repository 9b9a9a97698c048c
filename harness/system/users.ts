import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';

export interface UnixUser {
  name: string;
  uid: number;
  gid: number;
}

/**
 * The user under whom servers run that refuse root (Postgres, PgBouncer): `nobody`. Null when this process is
 * not root, since then they run as it.
 */
export const unprivilegedUser = (): UnixUser | null => {
  if (process.getuid?.() !== 0) return null;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'));
  const [, , uid = '65534', gid = '65534'] = line?.split(':') ?? [];
  return { name: 'nobody', uid: Number(uid), gid: Number(gid) };
};

/** The first of the folder and its parents that other users may not enter (no o+x); null if they may reach it. */
export const closedParent = (folder: string): string | null => {
  const parts = path.resolve(folder).split(path.sep);
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const parent = parts.slice(0, depth).join(path.sep) || path.sep;
    try {
      if ((statSync(parent).mode & 0o001) === 0) return parent;
    } catch {
      return null; // Not there yet: it will be made open.
    }
  }
  return null;
};
