/**
 * A socket that reads into one buffer of its own. Node gives each read of a stream a new buffer of 64 KB, cuts it to
 * what came and queues it for whoever listens, which costs more than all that the tap does with it.
 */
import type { Socket } from 'node:net';
import { detach, isPlain, type Detached } from './detach.ts';

/** Statements and their answers are shorter; where more comes, a larger one reads it with fewer calls. */
const smallBytes = 8 * 1024;
const largeBytes = 64 * 1024;

/** What was read; false: the bytes are still needed where they are. */
export type TakeRead = (chunk: Buffer) => boolean;

/** The buffer for the next read: the same one, unless what it holds is still needed or it was too small. */
const bufferFor = (take: TakeRead): { buffer: () => Uint8Array; callback: (bytes: number) => boolean } => {
  let buffer = Buffer.allocUnsafeSlow(smallBytes);
  let isFree = true;
  let wantedBytes = smallBytes;
  return {
    buffer: () => {
      if (!isFree || wantedBytes > buffer.length) buffer = Buffer.allocUnsafeSlow(wantedBytes);
      isFree = true;
      return buffer;
    },
    callback: (bytes) => {
      if (bytes === buffer.length) wantedBytes = largeBytes;
      isFree = take(buffer.subarray(0, bytes));
      return true;
    },
  };
};

/** The same connection as a new socket; null where it is not plain: then nothing has changed. */
export const withOwnBuffer = (socket: Socket, take: TakeRead): Detached | null =>
  isPlain(socket) ? detach(socket, { onread: bufferFor(take) } as object) : null;
