/** One client's connection through the tap. */
import type { Socket } from 'node:net';
import { Conversation } from '../conversation/conversation.ts';
import type { Meter } from '../figures/meter.ts';
import type { Forwarder, Heard } from '../forwarder/forwarder.ts';
import type { StartupParameters } from '../protocol/fields.ts';
import { startupBytes } from '../protocol/opening.ts';
import { SaslFilter } from '../protocol/sasl.ts';
import type { Hold } from './delay.ts';
import { readOpening, type Opener } from './opening.ts';
import { join } from './pump.ts';
import type { Insistence } from './insistence.ts';
import { dial, dialPlain, type Upstream } from './upstream.ts';

export interface TapContext {
  upstream: Upstream;
  meter: Meter;
  insistence: Insistence;
  onSocket: (socket: Socket) => void;
  /** The link's latency: for so long what the server says is held back. */
  roundTripMs: number;
  /** Holds it back, of connections that this process passes on itself. */
  hold: Hold | undefined;
  /** Passes plain connections on; null: this process passes all on itself. */
  forwarder: Forwarder | null;
}

interface Pair {
  client: Socket;
  server: Socket;
  /** What the client has said and the server has not heard yet. */
  first: Buffer;
}

/** How a connection passes. */
interface Passing {
  tap: TapContext;
  /** TLS to the server begins here. */
  isTls: boolean;
  openedMs: number;
}

const ignore = (): void => undefined;

/** Passed on without being read, and counted as unread while it lasts. `why` is null where there is nothing to read. */
const passBlindly = (pair: Pair, why: string | null, { meter, onSocket, hold }: TapContext): void => {
  const onEnd = why === null ? ignore : meter.unread.begin(why);
  const unheard = { onChunk: ignore, onEnd };
  join({ ...pair, fromClient: unheard, fromServer: { ...unheard, hold }, onSocket });
};

interface Readers {
  fromClient: Heard;
  fromServer: Heard;
  onUntold: (atMs: number) => void;
}

/**
 * Reads what passes until it is not understood; then the connection goes on unread, and is counted. What the tap itself
 * takes to pass a message on belongs to the time for which the client waits: a question counts from when it came, an
 * answer from when it went.
 */
const readersOf = (conversation: Conversation, meter: Meter): Readers => {
  let endUnread: (() => void) | null = null;
  const giveUp = (atMs: number): void => {
    if (endUnread !== null) return;
    meter.notUnderstood += 1;
    endUnread = meter.unread.begin('not-understood');
    conversation.forget(atMs);
  };
  const reader = (read: (chunk: Buffer, atMs: number) => void) => (chunk: Buffer, atMs: number) => {
    if (endUnread !== null) return;
    try {
      read(chunk, atMs);
    } catch {
      giveUp(atMs);
    }
  };
  const ended = (side: 'client' | 'server') => (atMs: number) => {
    conversation.ended(side, atMs);
    endUnread?.();
  };
  return {
    fromClient: { onChunk: reader((chunk, atMs) => conversation.readClient(chunk, atMs)), onEnd: ended('client') },
    fromServer: { onChunk: reader((chunk, atMs) => conversation.readServer(chunk, atMs)), onEnd: ended('server') },
    onUntold: giveUp,
  };
};

const passAndRead = (pair: Pair, conversation: Conversation, { tap, isTls }: Passing): void => {
  const { meter, onSocket, hold, forwarder, roundTripMs } = tap;
  const { fromClient, fromServer, onUntold } = readersOf(conversation, meter);
  const carried = { ...pair, fromClient, fromServer, onUntold, roundTripMs };
  if (!isTls && forwarder?.carry(carried) === true) return;
  join({
    ...pair,
    fromClient: { onChunk: fromClient.onChunk, onEnd: () => fromClient.onEnd(performance.now()) },
    fromServer: {
      onChunk: (chunk) => fromServer.onChunk(chunk, performance.now()),
      onEnd: () => fromServer.onEnd(performance.now()),
      hold,
      // Its offers of SCRAM bound to the TLS that ends here are taken out.
      filter: isTls ? new SaslFilter() : undefined,
    },
    onSocket,
  });
};

/** Counted as unseen, by why. Null: it is read. */
const unseenBecause = ({ opened }: Opener): string | null => {
  if (opened.kind === 'tls' || opened.kind === 'wants-tls') return 'tls';
  if (opened.kind === 'other') return 'protocol';
  if (opened.kind === 'startup' && opened.parameters.replication) return 'replication';
  return null;
};

/** TLS that the client speaks is between it and the server; else as the server's URL says. */
const dialFor = async ({ opened }: Opener, upstream: Upstream): Promise<{ socket: Socket; isTls: boolean }> => {
  if (opened.kind === 'tls' || opened.kind === 'wants-tls') return { socket: await dialPlain(upstream), isTls: false };
  return dial(upstream);
};

/** The StartupMessage is passed on here, what follows it like all the rest. */
const passAndReadFrom = ({ client, server, first }: Pair, startup: StartupParameters, context: Passing): void => {
  const { meter } = context.tap;
  const { user, database, application } = startup;
  const conversation = new Conversation(meter, meter.group({ user, database, application }), context.openedMs);
  const said = startupBytes(first);
  server.write(first.subarray(0, said));
  passAndRead({ client, server, first: first.subarray(said) }, conversation, context);
};

const pass = (pair: Pair, opener: Opener, context: Passing): void => {
  const { meter } = context.tap;
  const { opened } = opener;
  const unseen = unseenBecause(opener);
  if (unseen !== null) meter.unseen.add(unseen);
  if (opened.kind === 'cancel') meter.cancels += 1;
  if (opened.kind === 'startup' && unseen === null) passAndReadFrom(pair, opened.parameters, context);
  else passBlindly(pair, unseen, context.tap);
};

/** Never rejects. */
export const serveClient = async (client: Socket, context: TapContext): Promise<void> => {
  const { upstream, meter, insistence, onSocket } = context;
  const openedMs = performance.now();
  const host = client.remoteAddress ?? '';
  client.on('error', ignore);
  const opener = await readOpening({
    client,
    passesTls: () => insistence.passes(host),
    onRefusedTls: () => {
      meter.unseen.add('tls-refused');
      void insistence.refused(host);
    },
  });
  if (opener === null) return void client.destroy();
  try {
    const { socket: server, isTls } = await dialFor(opener, upstream);
    server.on('error', ignore);
    if (client.destroyed) return void server.destroy();
    onSocket(server);
    pass({ client, server, first: opener.bytes }, opener, { tap: context, isTls, openedMs });
  } catch {
    meter.refused += 1;
    client.resetAndDestroy();
  }
};
