/** A thousand connections at once, to a server that knows only its lines: exact counts, and nothing left of them. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { client, server } from './fixtures/wire.ts';
import { openTap, ways } from './fixtures/ways.ts';
import type { Tap } from './tap.ts';

const answer = Buffer.concat([server.row('x'.repeat(200)), server.complete('SELECT 1'), server.ready()]);

const terminate = 'X'.charCodeAt(0);

/** Logs anybody in, and answers each message alike. */
const startServer = async (): Promise<{ port: number } & AsyncDisposable> => {
  const sockets = new Set<Socket>();
  const listening = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.once('data', () => {
      socket.write(Buffer.concat([server.authenticated(), server.ready()]));
      socket.on('data', (chunk: Buffer) => (chunk[0] === terminate ? socket.end() : socket.write(answer)));
    });
    socket.on('error', () => undefined);
  });
  listening.listen({ port: 0, host: '127.0.0.1', backlog: 2000 });
  await once(listening, 'listening');
  return {
    port: (listening.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      listening.close();
    },
  };
};

/** So many statements, one after the other; the connection stays open. */
const converse = async (tap: Tap, statements: number): Promise<Socket> => {
  const socket = connect({ port: tap.port, host: '127.0.0.1' });
  socket.write(client.startup({ user: 'app', application_name: 'many' }));
  await once(socket, 'data');
  for (let done = 0; done < statements; done += 1) {
    socket.write(client.query('SELECT 1'));
    await once(socket, 'data');
  }
  return socket;
};

/** `statements` counts what is to be found in the tap's figures at the end of so many rounds. */
const expectMany = async (tap: Tap, connections: number, statements: number, round = 1): Promise<void> => {
  const sockets = await Promise.all(Array.from({ length: connections }, () => converse(tap, statements)));
  const [group] = (await tap.figures()).groups;
  const all = connections * statements * round;
  expect(group).toMatchObject({ opened: connections * round, acquisitions: all, connections: { idle: connections } });
  expect(group!.statementSeconds['SELECT']).toMatchObject({ count: all });
  for (const socket of sockets) socket.end(client.terminate());
  await Promise.all(sockets.map((socket) => once(socket, 'close')));
  const after = await tap.figures();
  expect(after.groups[0]).toMatchObject({ closed: connections * round, connections: { idle: 0 }, vanished: [] });
  expect(after).toMatchObject({ notUnderstood: 0, refused: 0, unseen: {} });
};

const urlOf = (port: number): string => `postgres://127.0.0.1:${port}`;

test.each(ways)('100 connections, %s', async (way) => {
  await using upstream = await startServer();
  await using tap = await openTap(way, urlOf(upstream.port));
  await expectMany(tap, 100, 5);
});

/** What is held once all that can go is gone. */
const heldBytes = async (): Promise<number> => {
  await sleep(500);
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** The least of three rounds: what a round leaves to be freed later comes and goes, by some megabytes. */
const leastHeldBytes = async (tap: Tap, firstRound: number): Promise<number> => {
  const held: number[] = [];
  for (let round = firstRound; round < firstRound + 3; round += 1) {
    await expectMany(tap, 1000, 20, round);
    held.push(await heldBytes());
  }
  return Math.min(...held);
};

test.each(ways)('1,000 connections, again and again, %s', { tags: 'full', timeout: 120_000 }, async (way) => {
  await using upstream = await startServer();
  await using tap = await openTap(way, urlOf(upstream.port));
  const before = await leastHeldBytes(tap, 1);
  for (let round = 4; round <= 7; round += 1) await expectMany(tap, 1000, 20, round);
  const after = await leastHeldBytes(tap, 8);
  // What each of the 7,000 connections between leaves behind, be it ever so little, would grow without end.
  expect((after - before) / 7000).toBeLessThan(500);
});
