/** Torn, oversized and wrong messages: the tap passes on every byte, in order, neither ends nor waits. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { TapFigures } from './figures/figures.ts';
import { client, message, server } from './fixtures/wire.ts';
import { fromClient, fromServer } from './protocol/messages.ts';
import { randomFrom } from '../measure/statistics/random.ts';
import { openTap, ways, type Way } from './fixtures/ways.ts';
import type { Tap } from './tap.ts';

/** Whole numbers below `sides`, the same ones from the same seed. */
const dice = (seed: number): ((sides: number) => number) => {
  const random = randomFrom(seed);
  return (sides) => Math.floor(random() * sides);
};
type Roll = ReturnType<typeof dice>;

const randomBytes = (roll: Roll, most: number): Buffer =>
  Buffer.from(Array.from({ length: roll(most) }, () => roll(256)));
const typesOf = (known: Readonly<Record<string, number>>): string[] =>
  Object.values(known).map((type) => String.fromCharCode(type));

/** A message whose length lies: too small, negative, or larger than what follows. */
const lying = (roll: Roll, type: string): Buffer => {
  const bytes = message(type, randomBytes(roll, 40));
  bytes.writeInt32BE([0, 3, -1, 0x7fffffff, 0x3fffffff, 70_000, bytes.length + 3][roll(7)]!, 1);
  return bytes;
};

/** Mostly of a kind that the reader follows, so that the odd one comes in the middle of a conversation. */
const fuzzed = (roll: Roll, types: readonly string[]): Buffer => {
  const type = types[roll(types.length)]!;
  switch (roll(12)) {
    case 0:
      return randomBytes(roll, 60);
    case 1:
      return lying(roll, type);
    case 2:
      return message(type, randomBytes(roll, 40)).subarray(0, roll(8));
    case 3:
      return message(type, Buffer.alloc(20_000 + roll(60_000), 'x'));
    default:
      return message(type, randomBytes(roll, 40));
  }
};

/** Cut anew at random places. */
const torn = (roll: Roll, stream: Buffer): Buffer[] => {
  const chunks: Buffer[] = [];
  for (let at = 0; at < stream.length;) {
    const end = at + 1 + roll(roll(4) === 0 ? 30_000 : 40);
    chunks.push(stream.subarray(at, end));
    at = end;
  }
  return chunks;
};

const digest = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const sendAll = async (socket: Socket, chunks: readonly Buffer[], roll: Roll): Promise<void> => {
  for (const chunk of chunks) {
    socket.write(chunk);
    // A pause makes the other side see a torn chunk; without one, the kernel may join them.
    if (roll(8) === 0) await new Promise((resolve) => void setImmediate(resolve));
  }
  socket.end();
};

/** An iteration would destroy the socket at its end, before the other direction is through. */
const receiveAll = (socket: Socket): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.once('end', () => resolve(Buffer.concat(parts))).once('error', reject);
  });

interface Streams {
  fromClient: Buffer;
  fromServer: Buffer;
}

const streamsOf = (roll: Roll, messages: number): Streams => {
  const many = (types: readonly string[]): Buffer[] => Array.from({ length: messages / 2 }, () => fuzzed(roll, types));
  return {
    fromClient: Buffer.concat([client.startup({ user: 'app' }), ...many(typesOf(fromClient))]),
    fromServer: Buffer.concat([server.authenticated(), server.ready(), ...many(typesOf(fromServer))]),
  };
};

/** One connection through the tap to a server that knows its part; gives digests of what was sent and what arrived. */
const converse = async (tap: Tap, nextAccepted: () => Promise<Socket>, seed: number, messages: number) => {
  const roll = dice(seed);
  const streams = streamsOf(roll, messages);
  const accepted = nextAccepted();
  const socket = connect({ port: tap.port, host: '127.0.0.1', allowHalfOpen: true });
  const sent = sendAll(socket, torn(roll, streams.fromClient), roll);
  const atClient = receiveAll(socket);
  const upstream = await accepted;
  const answered = sendAll(upstream, torn(roll, streams.fromServer), roll);
  const [arrived, back] = await Promise.all([receiveAll(upstream), atClient, sent, answered]);
  return {
    sent: [digest(streams.fromClient), digest(streams.fromServer)],
    arrived: [digest(arrived), digest(back)],
  };
};

const fuzz = async (way: Way, messages: number, connections: number): Promise<TapFigures> => {
  const upstream = createServer({ allowHalfOpen: true });
  const nextAccepted = async (): Promise<Socket> => ((await once(upstream, 'connection')) as [Socket])[0];
  await new Promise<void>((resolve) => void upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  await using tap = await openTap(way, `postgres://127.0.0.1:${port}`);
  for (let seed = 1; seed <= connections; seed += 1) {
    const { sent, arrived } = await converse(tap, nextAccepted, seed, messages / connections);
    expect(arrived, `seed ${seed}`).toEqual(sent);
  }
  upstream.close();
  return await tap.figures();
};

test.each(ways)('2,000 messages, %s', async (way) => {
  const figures = await fuzz(way, 2000, 100);
  expect(figures.notUnderstood).toBeGreaterThan(50);
  expect(figures.groups.flatMap(({ connections }) => Object.values(connections))).toEqual([0, 0, 0, 0]);
});

test.each(ways)('100,000 messages, %s', { tags: 'full', timeout: 120_000 }, async (way) => {
  const figures = await fuzz(way, 100_000, 2000);
  expect(figures.notUnderstood).toBeGreaterThan(1000);
  expect(figures.groups.flatMap(({ connections }) => Object.values(connections))).toEqual([0, 0, 0, 0]);
});
