import { linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { usageError } from '../errors.ts';
import { stateFolder } from './cache.ts';
import { cleanResidue } from './clean.ts';
import { bootId, commandLineOf, ownIdentity, type ProcessIdentity } from './proc.ts';
import { ownerIsAlive } from './residue.ts';

interface LockContent {
  boot: string;
  owner: ProcessIdentity & { command: string };
  since: string;
}

const read = (file: string): LockContent | null => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LockContent;
  } catch {
    return null;
  }
};

/** A hard link is made whole or not at all, so that nobody ever reads half a lock. */
const tryLink = (own: string, lock: string): boolean => {
  try {
    linkSync(own, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

/** Moves a dead owner's lock aside. If another had just taken it over, theirs is put back. */
const removeStale = (lock: string, aside: string): void => {
  try {
    renameSync(lock, aside);
  } catch {
    return; // Another was quicker.
  }
  const moved = read(aside);
  if (moved !== null && ownerIsAlive(moved)) tryLink(aside, lock);
  rmSync(aside, { force: true });
};

/** What takers that were killed in the act left beside the lock. */
const removeStrays = (folder: string): void => {
  for (const name of readdirSync(folder).filter((file) => /^lock\.\d+\.json/.test(file))) {
    const content = read(path.join(folder, name));
    if (content !== null && !ownerIsAlive(content)) rmSync(path.join(folder, name), { force: true });
  }
};

const held = ({ owner, since }: LockContent): Error =>
  usageError(
    `another pgsurge run is going: pid ${owner.pid} (${owner.command}), since ${since}; ` +
      `wait for it, or end it: kill -INT ${owner.pid}`,
  );

/** Becomes the owner of the lock; a dead owner's is taken over. Throws a usageError that says who holds it. */
const take = (lock: string): void => {
  const own = path.join(stateFolder(), `lock.${process.pid}.json`);
  const content: LockContent = {
    boot: bootId(),
    owner: { ...ownIdentity(), command: commandLineOf(process.pid) },
    since: new Date().toISOString(),
  };
  writeFileSync(own, JSON.stringify(content), { mode: 0o600 });
  try {
    for (let attempt = 0; !tryLink(own, lock); attempt += 1) {
      const holder = read(lock);
      if (holder !== null && (ownerIsAlive(holder) || attempt > 10)) throw held(holder);
      removeStale(lock, `${own}.stale`);
    }
  } finally {
    rmSync(own, { force: true });
  }
};

/**
 * One run at a time per user, since two would measure each other. Throws a usageError that says who holds it.
 * A dead owner's lock is taken over; what it left is cleared first, each line given to `log`.
 */
export const acquireLock = async (log: (line: string) => void = () => undefined): Promise<AsyncDisposable> => {
  const lock = path.join(stateFolder(), 'lock.json');
  take(lock);
  const release = (): void => {
    if (read(lock)?.owner.pid === process.pid) rmSync(lock, { force: true });
  };
  try {
    removeStrays(stateFolder());
    for (const line of await cleanResidue()) log(line);
  } catch (error) {
    release();
    throw error;
  }
  return { [Symbol.asyncDispose]: async () => release() };
};
