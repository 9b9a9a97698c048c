import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/** A file that grows by whole lines. Memory is bounded: a full buffer is written at once, by a call that waits for the disk. */
export interface AppendFile {
  /** Lines written, and lines lost since the disk refused them. */
  readonly written: number;
  readonly lost: number;
  /** `line` without its end. */
  add(line: string): void;
  /** False if the disk refused: the lines are lost and the file ends as it did before. */
  flush(): boolean;
  close(): void;
}

const bufferedCharacters = 256 * 1024;

/** `refused` is called with the error of each failed write, e.g. ENOSPC. */
export const openAppendFile = (path: string, refused: (error: NodeJS.ErrnoException) => void): AppendFile => {
  const descriptor = openSync(path, 'w', 0o644);
  let buffered = '';
  let bufferedLines = 0;
  let size = 0;
  let written = 0;
  let lost = 0;
  const writeWhole = (): void => {
    const bytes = Buffer.from(buffered, 'utf8');
    for (let done = 0; done < bytes.length;)
      done += writeSync(descriptor, bytes, done, bytes.length - done, size + done);
    size += bytes.length;
    written += bufferedLines;
  };
  const flush = (): boolean => {
    if (bufferedLines === 0) return true;
    try {
      writeWhole();
      return true;
    } catch (error) {
      lost += bufferedLines;
      cutBack(descriptor, size);
      refused(error as NodeJS.ErrnoException);
      return false;
    } finally {
      buffered = '';
      bufferedLines = 0;
    }
  };
  return {
    get written() {
      return written;
    },
    get lost() {
      return lost;
    },
    add: (line) => {
      buffered += `${line}\n`;
      bufferedLines += 1;
      if (buffered.length >= bufferedCharacters) flush();
    },
    flush,
    close: () => {
      flush();
      closeSync(descriptor);
    },
  };
};

/** A line of which half was written would tear the one after it. */
const cutBack = (descriptor: number, size: number): void => {
  try {
    ftruncateSync(descriptor, size);
  } catch {
    // A device, not a file.
  }
};
