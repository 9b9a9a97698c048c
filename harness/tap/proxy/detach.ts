/** Takes the connection below a socket away from it, as Node's own TLS does, so that somebody else can have it. */
import { Socket, type SocketConstructorOpts } from 'node:net';

/** What Node calls the connection below a socket. */
interface Handle {
  useUserBuffer?: unknown;
  readStop?(): unknown;
}

interface WithHandle {
  _handle?: Handle | null;
}

const handleOf = (socket: Socket): Handle | null => (socket as unknown as WithHandle)._handle ?? null;

/**
 * One over TLS is not, nor is one that is not connected yet, or that still has something to write: that would be lost.
 */
export const isPlain = (socket: Socket): boolean => {
  const handle = handleOf(socket);
  if (Object.getPrototypeOf(socket) !== Socket.prototype || socket.destroyed || socket.readableEnded) return false;
  if (socket.writableLength > 0 || socket.connecting) return false;
  return typeof handle?.useUserBuffer === 'function' && typeof handle.readStop === 'function';
};

export interface Detached {
  /** The same connection, paused. */
  socket: Socket;
  /** What the old socket had read and nobody had taken. */
  unread: Buffer | null;
}

/** Of a socket that is plain, which is over then. `options`: of the new one. */
export const detach = (socket: Socket, options: Partial<SocketConstructorOpts> = {}): Detached => {
  const handle = handleOf(socket)!;
  handle.readStop!();
  const unread = socket.read() as Buffer | null;
  (socket as unknown as WithHandle)._handle = null;
  socket.destroy();
  const all = { handle, allowHalfOpen: true, pauseOnCreate: true, ...options };
  return { socket: new Socket(all as unknown as SocketConstructorOpts), unread };
};
