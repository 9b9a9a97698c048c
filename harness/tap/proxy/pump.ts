/** Passes on what each of two sockets says to the other, at once and untouched. */
import type { Socket } from 'node:net';
import type { Hold } from './delay.ts';
import { withOwnBuffer } from './own-buffer.ts';
import { writeAtOnce } from './write-at-once.ts';

/** Ends both where one broke, so that the other side sees the same. */
const breakOff = (other: Socket, error: NodeJS.ErrnoException): void => {
  if (error.code === 'ECONNRESET' && 'resetAndDestroy' in other) other.resetAndDestroy();
  else other.destroy();
};

/** What is done with what one side says. */
interface Listening {
  /**
   * Called with each chunk after it was passed on; must not throw, and must keep nothing of it. `cameMs`: before it
   * was passed on.
   */
  onChunk: (chunk: Buffer, cameMs: number) => void;
  /** It said its last, in order or not. */
  onEnd: () => void;
  /** Holds back what it says, and its end, for the link's latency. Absent: all passes at once. */
  hold?: Hold | undefined;
  /** What of its words passes, of those where it matters. Absent: all. */
  filter?: Filter | undefined;
}

interface Filter {
  /** What may be passed on now. */
  pass(chunk: Buffer): Buffer;
  /** What is still held back at the end. */
  rest(): Buffer;
}

const atOnce: Hold = (deliver) => deliver();
const nothing = Buffer.alloc(0);

class Flow {
  readonly #listening: Listening;
  /** Both are set before anything flows. */
  from!: Socket;
  to!: Socket;
  /** `to` is a plain connection: bytes go to the kernel as they are. Over TLS they must not. */
  toIsPlain = false;

  constructor(listening: Listening) {
    this.#listening = listening;
  }

  /** False where the bytes of the chunk are still needed. */
  readonly take = (chunk: Buffer): boolean => {
    const { hold, filter } = this.#listening;
    const passed = filter === undefined ? chunk : filter.pass(chunk);
    if (passed.length === 0) return true;
    if (hold === undefined) return this.#pass(passed);
    const held = Buffer.from(passed);
    hold(() => this.#pass(held));
    return true;
  };

  #pass(chunk: Buffer): boolean {
    const { to } = this;
    if (to.destroyed) return true;
    const cameMs = performance.now();
    const bytes = this.toIsPlain ? writeAtOnce(to, chunk) : 0;
    const isGone = bytes === chunk.length || this.#toStream(bytes === 0 ? chunk : chunk.subarray(bytes));
    this.#listening.onChunk(chunk, cameMs);
    return isGone;
  }

  #toStream(chunk: Buffer): boolean {
    const { to } = this;
    // It has just broken.
    if (to.destroyed) return true;
    const hasRoom = to.write(chunk);
    const isGone = to.writableLength === 0;
    if (!hasRoom && !isGone) this.#waitForRoom();
    return isGone;
  }

  /** `isRead`: what `from` says is given to `take` already. */
  start(isRead: boolean): void {
    const { from, to } = this;
    if (!isRead) from.on('data', this.take);
    const { onEnd, filter, hold = atOnce } = this.#listening;
    const end = (): void =>
      hold(() => {
        const rest = filter?.rest() ?? nothing;
        if (rest.length > 0) this.#pass(rest);
        onEnd();
        if (!to.destroyed && !to.writableEnded) to.end();
      });
    if (from.readableEnded || from.destroyed) end();
    from.on('end', end).on('close', end);
    from.on('error', (error) => {
      onEnd();
      breakOff(to, error);
    });
    from.resume();
  }

  #waitForRoom(): void {
    const { from, to } = this;
    from.pause();
    to.once('drain', () => from.resume());
  }
}

export interface Joined {
  client: Socket;
  server: Socket;
  /** What the client has said before. */
  first: Buffer;
  fromClient: Listening;
  fromServer: Listening;
  /** A socket has taken the place of one of the two. */
  onSocket: (socket: Socket) => void;
}

/** From here on both sides hear each other. */
export const join = ({ client, server, first, fromClient, fromServer, onSocket }: Joined): void => {
  const toServer = new Flow(fromClient);
  const toClient = new Flow(fromServer);
  const ownClient = withOwnBuffer(client, toServer.take);
  const ownServer = withOwnBuffer(server, toClient.take);
  for (const own of [ownClient, ownServer]) if (own !== null) onSocket(own.socket);
  toServer.from = ownClient?.socket ?? client;
  toServer.to = ownServer?.socket ?? server;
  toClient.from = toServer.to;
  toClient.to = toServer.from;
  toServer.toIsPlain = ownServer !== null;
  toClient.toIsPlain = ownClient !== null;
  if (first.length > 0) toServer.take(first);
  if (ownClient?.unread != null) toServer.take(ownClient.unread);
  if (ownServer?.unread != null) toClient.take(ownServer.unread);
  toServer.start(ownClient !== null);
  toClient.start(ownServer !== null);
};
