import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError, messageOf } from '../errors.ts';

/**
 * Runs `work` while no other process on this host does so under the same lock file. The file holds the owner's
 * process id; a lock whose owner is dead is taken over.
 * @throws environmentError when the owner holds it longer than `limitMs`.
 */
export const exclusively = async <T>(
  lockFile: string,
  work: () => Promise<T>,
  { limitMs, onWait = () => {} }: { limitMs: number; onWait?: (owner: number) => void },
): Promise<T> => {
  await acquire(lockFile, limitMs, onWait);
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
};

const acquire = async (lockFile: string, limitMs: number, onWait: (owner: number) => void): Promise<void> => {
  await mkdir(path.dirname(lockFile), { recursive: true });
  const deadline = Date.now() + limitMs;
  let told = false;
  while (!(await tryAcquire(lockFile))) {
    const owner = await ownerOf(lockFile);
    if (owner === 'dead') await rm(lockFile, { force: true });
    if (typeof owner !== 'number') continue;
    if (!told) onWait(owner);
    told = true;
    if (Date.now() > deadline) {
      throw environmentError(
        `process ${owner} has held ${lockFile} for over ${Math.round(limitMs / 1000)} s: ` +
          'end it, or delete the file if it has nothing to do with pgsurge',
      );
    }
    await sleep(200);
  }
};

/** A hard link appears whole, with its content, or not at all. */
const tryAcquire = async (lockFile: string): Promise<boolean> => {
  const own = `${lockFile}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  await writeFile(own, `${process.pid}\n`);
  try {
    await link(own, lockFile);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw environmentError(
      `cannot lock ${lockFile}: ${messageOf(error)}; check that its folder is writable`,
      undefined,
      error,
    );
  } finally {
    await rm(own, { force: true });
  }
};

/** Process id of the living owner, `dead`, or null when the lock is gone by now. */
const ownerOf = async (lockFile: string): Promise<number | 'dead' | null> => {
  try {
    const [content, { mtimeMs }] = await Promise.all([readFile(lockFile, 'utf8'), stat(lockFile)]);
    const owner = Number(content);
    return Number.isInteger(owner) && owner > 0 && isAlive(owner, mtimeMs) ? owner : 'dead';
  } catch {
    return null;
  }
};

/** After a reboot the id may belong to somebody else: a lock older than the boot is dead too. */
const isAlive = (pid: number, lockedAtMs: number): boolean => {
  if (lockedAtMs < Date.now() - uptime() * 1000) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};
