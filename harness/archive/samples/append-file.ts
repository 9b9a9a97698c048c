import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';

/**
 * A file that grows by whole lines. Memory is bounded: a full buffer is written at once, by a call that waits for it.
 */
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

/** Writes all bytes at that place of the file. */
const writeWhole = (descriptor: number, bytes: Buffer, position: number): void => {
  for (let done = 0; done < bytes.length;)
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
};

class BufferedAppendFile implements AppendFile {
  readonly #descriptor: number;
  readonly #refused: (error: NodeJS.ErrnoException) => void;
  #buffered = '';
  #bufferedLines = 0;
  #sizeBytes = 0;
  written = 0;
  lost = 0;

  constructor(path: string, refused: (error: NodeJS.ErrnoException) => void) {
    this.#descriptor = openSync(path, 'w', 0o644);
    this.#refused = refused;
  }

  add(line: string): void {
    this.#buffered += `${line}\n`;
    this.#bufferedLines += 1;
    if (this.#buffered.length >= bufferedCharacters) this.flush();
  }

  flush(): boolean {
    if (this.#bufferedLines === 0) return true;
    try {
      const bytes = Buffer.from(this.#buffered, 'utf8');
      writeWhole(this.#descriptor, bytes, this.#sizeBytes);
      this.#sizeBytes += bytes.length;
      this.written += this.#bufferedLines;
      return true;
    } catch (error) {
      this.lost += this.#bufferedLines;
      cutBack(this.#descriptor, this.#sizeBytes);
      this.#refused(error as NodeJS.ErrnoException);
      return false;
    } finally {
      this.#buffered = '';
      this.#bufferedLines = 0;
    }
  }

  close(): void {
    this.flush();
    closeSync(this.#descriptor);
  }
}

/** `refused` is called with the error of each failed write, e.g. ENOSPC. */
export const openAppendFile = (path: string, refused: (error: NodeJS.ErrnoException) => void): AppendFile =>
  new BufferedAppendFile(path, refused);

/** Ends the file as it was before: half a line would spoil the line after it. */
const cutBack = (descriptor: number, size: number): void => {
  try {
    ftruncateSync(descriptor, size);
  } catch {
    // A device cannot be cut.
  }
};
