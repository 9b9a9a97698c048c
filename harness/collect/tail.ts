/** The new lines of a growing log, read by offset, a piece at a time: others have their turn between two pieces. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { setImmediate as turn } from 'node:timers/promises';

export interface Tail {
  /**
   * Whole lines since the last call, for at most so long; gives how many bytes are left to read. A missing file has no
   * lines; one that cannot be read throws.
   */
  read(take: (line: string) => void, mostMs: number): Promise<number>;
}

const chunkBytes = 256 * 1024;
/** What a line holds beyond this is passed over; the line still counts. */
const longestLine = 64 * 1024;

interface LineSplitter {
  split(chunk: Buffer, take: (line: string) => void): void;
  forget(): void;
}

/** Gives whole lines out of pieces of a file, and keeps what comes after the last line's end for the next piece. */
const lineSplitter = (): LineSplitter => {
  let decoder = new StringDecoder('utf8');
  let rest = '';
  return {
    split: (chunk, take) => {
      const lines = (rest + decoder.write(chunk)).split('\n');
      rest = (lines.pop() ?? '').slice(0, longestLine);
      for (const line of lines) take(line.slice(0, longestLine));
    },
    forget: () => {
      decoder = new StringDecoder('utf8');
      rest = '';
    },
  };
};

const openIfThere = (file: string): number | null => {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
};

/** Reads from `startBytes` on: what the file held before is not of this run. */
export const tailFile = (file: string, startBytes = 0): Tail => {
  const chunk = Buffer.alloc(chunkBytes);
  const splitter = lineSplitter();
  let offset = startBytes;
  let inode: number | null = null;
  /** Begins anew in a file that was truncated, or took the other's place. */
  const place = ({ size, ino }: { size: number; ino: number }): void => {
    if (size < offset || (inode !== null && ino !== inode)) {
      offset = 0;
      splitter.forget();
    }
    inode = ino;
  };
  const readPieces = async (descriptor: number, take: (line: string) => void, mostMs: number): Promise<number> => {
    const until = performance.now() + mostMs;
    while (performance.now() < until) {
      const bytes = readSync(descriptor, chunk, 0, chunkBytes, offset);
      offset += bytes;
      splitter.split(chunk.subarray(0, bytes), take);
      if (bytes < chunkBytes) return 0;
      await turn();
    }
    return Math.max(0, fstatSync(descriptor).size - offset);
  };
  return {
    read: async (take, mostMs) => {
      const descriptor = openIfThere(file);
      if (descriptor === null) return 0;
      try {
        place(fstatSync(descriptor));
        return await readPieces(descriptor, take, mostMs);
      } finally {
        closeSync(descriptor);
      }
    },
  };
};
