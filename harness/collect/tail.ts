/** The new lines of a growing log, read by offset; what is read in one go is bounded. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

export interface Tail {
  /** Bytes that were passed over since the file grew faster than it is read. */
  readonly skippedBytes: number;
  /**
   * Whole lines since the last call, at most some megabytes of them.
   * A missing file has no lines; one that cannot be read throws.
   */
  read(take: (line: string) => void): void;
}

const chunkBytes = 256 * 1024;
const mostBytesPerRead = 8 * 1024 * 1024;
const furthestBehind = 64 * 1024 * 1024;
const longestLine = 64 * 1024;

/** Gives whole lines out of pieces of text, and keeps what comes after the last line's end for the next piece. */
const lineSplitter = (): { split(text: string, take: (line: string) => void): void; forget(): void } => {
  let rest = '';
  return {
    split: (text, take) => {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, longestLine);
      for (const line of lines) take(line);
    },
    forget: () => {
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
  let offset = startBytes;
  let skippedBytes = 0;
  const splitter = lineSplitter();
  const place = (size: number): void => {
    if (size < offset) {
      // Truncated, or another file by the same name.
      offset = 0;
      splitter.forget();
    }
    if (size - offset <= furthestBehind) return;
    skippedBytes += size - offset - mostBytesPerRead;
    offset = size - mostBytesPerRead;
    splitter.forget();
  };
  return {
    get skippedBytes() {
      return skippedBytes;
    },
    read: (take) => {
      const descriptor = openIfThere(file);
      if (descriptor === null) return;
      try {
        place(fstatSync(descriptor).size);
        for (let read = 0; read < mostBytesPerRead;) {
          const bytes = readSync(descriptor, chunk, 0, chunkBytes, offset);
          if (bytes === 0) return;
          offset += bytes;
          read += bytes;
          splitter.split(chunk.toString('utf8', 0, bytes), take);
        }
      } finally {
        closeSync(descriptor);
      }
    },
  };
};
