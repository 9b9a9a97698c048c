/** Passes on what comes from one socket to the other, at once and untouched. */
import type { Socket } from 'node:net';

/** Ends both where one broke, so that the other side sees the same. */
const breakOff = (other: Socket, error: NodeJS.ErrnoException): void => {
  if (error.code === 'ECONNRESET' && 'resetAndDestroy' in other) other.resetAndDestroy();
  else other.destroy();
};

export interface Pump {
  from: Socket;
  to: Socket;
  /** What `from` has said before. */
  first?: Buffer;
  /** Called with each chunk after it was passed on; must not throw. */
  onChunk: (chunk: Buffer) => void;
  /** `from` said its last, in order or not. */
  onEnd: () => void;
}

export const pump = ({ from, to, first, onChunk, onEnd }: Pump): void => {
  const pass = (chunk: Buffer): void => {
    if (to.destroyed) return;
    if (!to.write(chunk)) {
      from.pause();
      to.once('drain', () => from.resume());
    }
    onChunk(chunk);
  };
  if (first !== undefined && first.length > 0) pass(first);
  from.on('data', pass);
  const end = (): void => {
    onEnd();
    to.end();
  };
  if (from.readableEnded) end();
  from.on('end', end);
  from.on('error', (error) => {
    onEnd();
    breakOff(to, error);
  });
  from.on('close', () => {
    onEnd();
    if (!to.destroyed && !to.writableEnded) to.end();
  });
};
