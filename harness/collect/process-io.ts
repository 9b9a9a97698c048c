/** What a tree of processes read from and wrote to disks, and passed through its descriptors, as /proc counts it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export interface InputOutput {
  /** Bytes that came from a disk, not from the page cache. */
  diskReadBytes: number;
  /** Bytes that were handed to a disk, at the latest when their pages are written back. */
  diskWriteBytes: number;
}

interface Process {
  pid: number;
  startTime: string;
}

const countIn = (text: string, name: string): number =>
  Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(text)?.[1] ?? 0);

/** Null where the process has ended, or where its counts are not ours to read. */
const countsOf = (pid: number): InputOutput | null => {
  try {
    const text = readFileSync(`/proc/${pid}/io`, 'latin1');
    return { diskReadBytes: countIn(text, 'read_bytes'), diskWriteBytes: countIn(text, 'write_bytes') };
  } catch {
    return null;
  }
};

/**
 * Sums over processes that come and go; of one that ended, what it did after the last look is missing. Gives null
 * where no process of the tree can be read.
 */
export const inputOutputCounter = (): ((tree: readonly Process[]) => InputOutput | null) => {
  const total: InputOutput = { diskReadBytes: 0, diskWriteBytes: 0 };
  let last = new Map<string, InputOutput>();
  return (tree) => {
    const now = new Map<string, InputOutput>();
    for (const { pid, startTime } of tree) {
      const counts = countsOf(pid);
      if (counts !== null) now.set(`${pid} ${startTime}`, counts);
    }
    if (now.size === 0) return null;
    for (const [key, counts] of now) {
      const before = last.get(key) ?? { diskReadBytes: 0, diskWriteBytes: 0 };
      total.diskReadBytes += counts.diskReadBytes - before.diskReadBytes;
      total.diskWriteBytes += counts.diskWriteBytes - before.diskWriteBytes;
    }
    last = now;
    return { ...total };
  };
};

/** Of a control group (v2), over all its devices; null where its file cannot be read. */
export const groupInputOutput = (folder: string): InputOutput | null => {
  try {
    const text = readFileSync(path.join(folder, 'io.stat'), 'utf8');
    const sum = (name: string): number =>
      [...text.matchAll(new RegExp(`\\b${name}=(\\d+)`, 'g'))].reduce((bytes, [, count]) => bytes + Number(count), 0);
    return { diskReadBytes: sum('rbytes'), diskWriteBytes: sum('wbytes') };
  } catch {
    return null;
  }
};
