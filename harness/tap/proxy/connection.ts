/** One client's connection through the tap. */
import type { Socket } from 'node:net';
import { Conversation } from '../conversation/conversation.ts';
import type { Meter } from '../figures/meter.ts';
import type { StartupParameters } from '../protocol/fields.ts';
import { startupBytes } from '../protocol/opening.ts';
import { SaslFilter } from '../protocol/sasl.ts';
import type { Hold } from './delay.ts';
import { readOpening, type Opener } from './opening.ts';
import { join } from './pump.ts';
import { dial, dialPlain, type Upstream } from './upstream.ts';

export interface TapContext {
  upstream: Upstream;
  meter: Meter;
  /** Hosts whose clients went away when they were told that there is no TLS. */
  insistOnTls: Set<string>;
  onSocket: (socket: Socket) => void;
  /** Holds back what the server says, for the link's latency. */
  hold: Hold | undefined;
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

const unheard = { onChunk: ignore, onEnd: ignore };

/** Passed on without being read. */
const passBlindly = (pair: Pair, { onSocket, hold }: TapContext): void =>
  join({ ...pair, fromClient: unheard, fromServer: { ...unheard, hold }, onSocket });

/** Reads what passes until it is not understood; then the connection goes on unread, and is counted. */
const passAndRead = (pair: Pair, conversation: Conversation, { meter, onSocket, hold }: TapContext): void => {
  let isRead = true;
  const reader = (read: (chunk: Buffer, nowMs: number) => void) => (chunk: Buffer) => {
    if (!isRead) return;
    try {
      read(chunk, performance.now());
    } catch {
      isRead = false;
      meter.notUnderstood += 1;
      conversation.forget(performance.now());
    }
  };
  join({
    ...pair,
    fromClient: {
      onChunk: reader((chunk, nowMs) => conversation.readClient(chunk, nowMs)),
      onEnd: () => conversation.ended('client', performance.now()),
    },
    fromServer: {
      onChunk: reader((chunk, nowMs) => conversation.readServer(chunk, nowMs)),
      onEnd: () => conversation.ended('server', performance.now()),
      hold,
    },
    onSocket,
  });
};

/** While the server says how to log in over TLS that ends here, its offers of SCRAM bound to that TLS are taken out. */
const filterOffers = ({ client, server }: Pair, conversation: Conversation, start: () => void): void => {
  const filter = new SaslFilter();
  const take = (chunk: Buffer): void => {
    const passed = filter.pass(chunk);
    if (passed.length === 0) return;
    server.pause();
    server.off('data', take);
    client.write(passed);
    start();
    conversation.readServer(passed, performance.now());
    server.resume();
  };
  server.on('data', take);
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
  const pair = { client, server, first: first.subarray(said) };
  const start = (): void => passAndRead(pair, conversation, context.tap);
  if (context.isTls) filterOffers(pair, conversation, start);
  else start();
};

const pass = (pair: Pair, opener: Opener, context: Passing): void => {
  const { meter } = context.tap;
  const { opened } = opener;
  const unseen = unseenBecause(opener);
  if (unseen !== null) meter.unseen.add(unseen);
  if (opened.kind === 'cancel') meter.cancels += 1;
  if (opened.kind === 'startup' && unseen === null) passAndReadFrom(pair, opened.parameters, context);
  else passBlindly(pair, context.tap);
};

/** Never rejects. */
export const serveClient = async (client: Socket, context: TapContext): Promise<void> => {
  const { upstream, meter, insistOnTls, onSocket } = context;
  const openedMs = performance.now();
  const host = client.remoteAddress ?? '';
  client.on('error', ignore);
  const opener = await readOpening({
    client,
    passesTls: () => upstream.tls !== 'off' && insistOnTls.has(host),
    onRefusedTls: () => insistOnTls.add(host),
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
