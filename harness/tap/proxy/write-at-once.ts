/**
 * Writes to a plain connection past its stream, as long as the kernel takes all at once. A stream keeps a list, a
 * request and a callback for each write, and runs what was put off after each: more than the tap needs to read a
 * statement.
 */
import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';

/** What Node calls the connection below a socket, with its number in the kernel: -1 where it has none, or no more. */
interface WithHandle {
  _handle?: { readonly fd?: number } | null;
}

/** The kernel's room for what the other side has not read yet is used up. */
const noRoom = 'EAGAIN';

/**
 * How many bytes went. None where earlier ones still wait in the stream, so that all keep their order; what did not go
 * is for the stream. A connection that broke is destroyed with its error, as its stream would do.
 */
export const writeAtOnce = (socket: Socket, chunk: Buffer): number => {
  // The number is asked for each time: once the connection is closed, it may be that of another one.
  const number = (socket as unknown as WithHandle)._handle?.fd ?? -1;
  if (number < 0 || socket.writableLength > 0 || socket.writableEnded) return 0;
  try {
    return writeSync(number, chunk, 0, chunk.length);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== noRoom) socket.destroy(error as Error);
    return 0;
  }
};
