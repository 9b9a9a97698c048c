/**
 * A socket that reads into one buffer of its own. Node gives each read of a stream a new buffer of 64 KB, cuts it to
 * what came and queues it for whoever listens, which costs more than all that the tap does with it.
 */
import { Socket, type SocketConstructorOpts } from 'node:net';

/** What Node calls the connection below a socket. It is handed over as Node's own TLS does. */
interface Handle {
  useUserBuffer?: unknown;
  readStop?(): unknown;
}

interface WithHandle {
  _handle?: Handle | null;
}

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

/**
 * The same connection as a new socket, paused, with what the old one had read and nobody had taken. The old one is
 * over. Null where the connection is none of that kind, such as one over TLS: then nothing has changed.
 */
export const withOwnBuffer = (socket: Socket, take: TakeRead): { socket: Socket; unread: Buffer | null } | null => {
  const holder = socket as unknown as WithHandle;
  const handle = holder._handle;
  if (Object.getPrototypeOf(socket) !== Socket.prototype || socket.destroyed || socket.readableEnded) return null;
  // What it still writes would be lost; one that is not connected yet is told so through the old one.
  if (socket.writableLength > 0 || socket.connecting) return null;
  if (typeof handle?.useUserBuffer !== 'function' || typeof handle.readStop !== 'function') return null;
  handle.readStop();
  const unread = socket.read() as Buffer | null;
  holder._handle = null;
  socket.destroy();
  const options = { handle, allowHalfOpen: true, onread: bufferFor(take), pauseOnCreate: true };
  return { socket: new Socket(options as unknown as SocketConstructorOpts), unread };
};
