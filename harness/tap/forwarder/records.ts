/** What the forwarder tells of its pairs, read from its output: harness/tools/go/forwarder/records.go writes it. */

export const recordKinds = {
  clientSaid: 1,
  serverSaid: 2,
  clientEnded: 3,
  serverEnded: 4,
  /** Both connections are closed. */
  closed: 5,
  /** Nothing more is told of the pair, which goes on all the same: this process read too slowly. */
  untold: 6,
  /** The answer to a flush; `pair` is the number of the question. */
  caughtUp: 7,
} as const;

export interface Head {
  pair: number;
  kind: number;
  /** Ms of the monotonic clock, as `process.hrtime` counts it. */
  atMs: number;
}

const headBytes = 24;

const headOf = (bytes: Buffer, at: number): Head & { length: number } => ({
  pair: bytes.readUInt32LE(at),
  kind: bytes.readUInt32LE(at + 4),
  length: bytes.readUInt32LE(at + 8),
  atMs: bytes.readDoubleLE(at + 16),
});

/** Cuts a stream into records. `onRecord` must keep nothing of the bytes. */
export class RecordReader {
  readonly #onRecord: (head: Head, said: Buffer) => void;
  #rest: Buffer = Buffer.alloc(0);

  constructor(onRecord: (head: Head, said: Buffer) => void) {
    this.#onRecord = onRecord;
  }

  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    while (bytes.length - at >= headBytes) {
      const head = headOf(bytes, at);
      const end = at + headBytes + head.length;
      if (end > bytes.length) break;
      this.#onRecord(head, bytes.subarray(at + headBytes, end));
      at = end;
    }
    this.#rest = bytes.subarray(at);
  }
}
