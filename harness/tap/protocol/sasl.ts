/**
 * Where the tap ends TLS itself, the server offers SCRAM bound to that TLS, which the client beyond the tap cannot do
 * and libpq even refuses. That offer, and nothing else, is taken out of what the server says.
 */
import { fromServer } from './messages.ts';

const headerBytes = 5;
const saslCode = 10;
/** Longer than any list of mechanisms. */
const longestOffer = 8192;
const bound = Buffer.from('SCRAM-SHA-256-PLUS\0', 'latin1');

const without = (message: Buffer, from: number, to: number): Buffer => {
  const shorter = Buffer.concat([message.subarray(0, from), message.subarray(to)]);
  shorter.writeUInt32BE(shorter.length - 1, 1);
  return shorter;
};

const isOffer = (message: Buffer): boolean =>
  message[0] === fromServer.authentication &&
  message.length > headerBytes + 4 &&
  message.readUInt32BE(headerBytes) === saslCode;

/** One whole message; itself where there is nothing to take out. */
const withoutBoundScram = (message: Buffer): Buffer => {
  const at = isOffer(message) ? message.indexOf(bound, headerBytes + 4) : -1;
  return at < 0 ? message : without(message, at, at + bound.length);
};

/** Holds back a server's first words until the offer can be read whole, then lets all pass. */
export class SaslFilter {
  #held: Buffer | null = Buffer.alloc(0);

  /** What may be passed on now. */
  pass(chunk: Buffer): Buffer {
    if (this.#held === null) return chunk;
    const bytes = Buffer.concat([this.#held, chunk]);
    let at = 0;
    while (bytes.length - at >= headerBytes) {
      const end = at + 1 + bytes.readUInt32BE(at + 1);
      const isVersion = bytes[at] === fromServer.negotiateVersion;
      const isOffer = bytes[at] === fromServer.authentication;
      if ((!isVersion && !isOffer) || end > longestOffer) return this.#release(bytes);
      if (bytes.length < end) return this.#hold(bytes);
      if (isOffer) {
        const parts = [bytes.subarray(0, at), withoutBoundScram(bytes.subarray(at, end)), bytes.subarray(end)];
        return this.#release(Buffer.concat(parts));
      }
      at = end;
    }
    return this.#hold(bytes);
  }

  /** What is still held back where the server says no more. */
  rest(): Buffer {
    return this.#release(this.#held ?? Buffer.alloc(0));
  }

  #hold(bytes: Buffer): Buffer {
    this.#held = bytes;
    return Buffer.alloc(0);
  }

  #release(bytes: Buffer): Buffer {
    this.#held = null;
    return bytes;
  }
}
