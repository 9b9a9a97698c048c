/**
 * Cuts a stream into messages without holding it up: it is given what was passed on already. A message that lies whole
 * within a chunk is read in place; of one that is torn, only as much is copied as anybody looks at.
 */
export class NotUnderstood extends Error {}

/** `body` holds the message from `start` to `end`, which may be less than all of a long one. */
export type TakeMessage = (type: number, body: Buffer, start: number, end: number) => void;

export interface ReaderOptions {
  /** Types that the sender may use; any other one is not understood. */
  known: readonly number[];
  /** Types whose content is looked at. */
  looked: readonly number[];
  take: TakeMessage;
}

/** A type's byte, and the length that follows it and counts itself. */
const headerBytes = 5;
const lengthBytes = 4;
/** Postgres refuses what is longer. */
const longestMessage = 0x3fffffff;
/** Of a torn message that is looked at, so many bytes are enough. */
const enoughBytes = 8192;

const tableOf = (types: readonly number[]): Uint8Array => {
  const table = new Uint8Array(256);
  for (const type of types) table[type] = 1;
  return table;
};

const nothing = Buffer.alloc(0);

export class MessageReader {
  readonly #known: Uint8Array;
  readonly #looked: Uint8Array;
  readonly #take: TakeMessage;
  /** Bytes of the present message that nobody looks at and that are still to come. */
  #skip = 0;
  readonly #header = Buffer.alloc(headerBytes);
  #headerFilled = 0;
  #body: Buffer | null = null;
  #bodyFilled = 0;

  constructor({ known, looked, take }: ReaderOptions) {
    this.#known = tableOf(known);
    this.#looked = tableOf(looked);
    this.#take = take;
  }

  /** Throws `NotUnderstood` where the bytes are no messages; the reader is of no use from there on. */
  read(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#step(chunk, at);
  }

  #step(chunk: Buffer, at: number): number {
    if (this.#body !== null) return this.#fillBody(chunk, at);
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, chunk.length - at);
      this.#skip -= skipped;
      return at + skipped;
    }
    if (this.#headerFilled > 0 || chunk.length - at < headerBytes) return this.#fillHeader(chunk, at);
    return this.#begin(chunk, at, chunk, at + headerBytes);
  }

  /** A message whose header is at `headerAt`, and whose body begins in `chunk` at `bodyAt`. */
  #begin(header: Buffer, headerAt: number, chunk: Buffer, bodyAt: number): number {
    const type = header[headerAt]!;
    const length = header.readUInt32BE(headerAt + 1);
    if (this.#known[type] === 0) throw new NotUnderstood(`a message of unknown type ${type}`);
    if (length < lengthBytes || length > longestMessage) throw new NotUnderstood(`a message of ${length} bytes`);
    const end = bodyAt + length - lengthBytes;
    if (end <= chunk.length) {
      this.#take(type, chunk, bodyAt, end);
      return end;
    }
    return this.#beginTorn(type, length - lengthBytes, bodyAt);
  }

  #beginTorn(type: number, bodyBytes: number, bodyAt: number): number {
    if (this.#looked[type] === 0) {
      this.#skip = bodyBytes;
      this.#take(type, nothing, 0, 0);
      return bodyAt;
    }
    const wanted = Math.min(bodyBytes, enoughBytes);
    this.#skip = bodyBytes - wanted;
    this.#body = Buffer.allocUnsafe(wanted);
    this.#bodyFilled = 0;
    this.#header[0] = type;
    return bodyAt;
  }

  #fillHeader(chunk: Buffer, at: number): number {
    const copied = chunk.copy(this.#header, this.#headerFilled, at, at + headerBytes - this.#headerFilled);
    this.#headerFilled += copied;
    if (this.#headerFilled < headerBytes) return at + copied;
    this.#headerFilled = 0;
    return this.#begin(this.#header, 0, chunk, at + copied);
  }

  #fillBody(chunk: Buffer, at: number): number {
    const body = this.#body!;
    const copied = chunk.copy(body, this.#bodyFilled, at);
    this.#bodyFilled += copied;
    if (this.#bodyFilled < body.length) return at + copied;
    this.#body = null;
    this.#take(this.#header[0]!, body, 0, body.length);
    return at + copied;
  }
}
