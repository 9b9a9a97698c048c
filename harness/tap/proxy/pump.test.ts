/** What one side says comes to the other whole and in order, whichever way it is read and however slow that side is. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { holdFor, type Hold } from './delay.ts';
import { join } from './pump.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** Both ends of a connection on loopback. */
const connection = async (): Promise<{ near: Socket; far: Socket }> => {
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', allowHalfOpen: true });
  const connected = once(near, 'connect');
  const [far] = (await once(server, 'connection')) as [Socket];
  await connected;
  sockets.push(near, far);
  return { near, far };
};

interface Ends {
  client: Socket;
  server: Socket;
  /** Bytes of each chunk that was heard. */
  heard: number[];
  /** For how long each had been there when it was heard, having been passed on. */
  passingMs: number[];
}

const joined = async (
  hold?: Hold,
  beforeJoin: (ends: Pick<Ends, 'client' | 'server'>) => Promise<void> = async () => undefined,
) => {
  const [toClient, toServer] = [await connection(), await connection()];
  const ends = { client: toClient.near, server: toServer.far };
  toClient.far.pause();
  await beforeJoin(ends);
  const heard: number[] = [];
  const passingMs: number[] = [];
  const onChunk = (chunk: Buffer, cameMs: number): void => {
    heard.push(chunk.length);
    passingMs.push(performance.now() - cameMs);
  };
  const listening = { onChunk, onEnd: () => undefined };
  join({
    client: toClient.far,
    server: toServer.near,
    first: Buffer.from('first '),
    fromClient: listening,
    fromServer: { ...listening, hold },
    onSocket: (socket) => void sockets.push(socket),
  });
  return { ...ends, heard, passingMs };
};

/** An iteration would destroy the socket at its end, with what it has still to send. */
const all = (socket: Socket): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('end', () => resolve(Buffer.concat(chunks))).once('error', reject);
    socket.resume();
  });

const numbered = (bytes: number): Buffer => Buffer.from(Array.from({ length: bytes }, (_, index) => (index * 7) % 251));

test('what came before, at once and later comes whole, and the end after it', async () => {
  const { client, server, heard, passingMs } = await joined(undefined, async (ends) => {
    ends.client.write('before ');
    await sleep(50);
  });
  client.write('later');
  client.end();
  expect((await all(server)).toString()).toBe('first before later');
  expect(heard.reduce((total, bytes) => total + bytes, 0)).toBe('first before later'.length);
  // To write takes the kernel some µs.
  expect(Math.min(...passingMs)).toBeGreaterThan(0.001);
});

test('to a side that reads slowly megabytes come unharmed, while the other direction goes on', async () => {
  const { client, server } = await joined();
  const sent = numbered(6_000_000);
  client.pause();
  server.write(sent);
  server.end();
  await sleep(100);
  client.write('meanwhile');
  client.end();
  expect((await all(server)).toString()).toBe('first meanwhile');
  expect((await all(client)).equals(sent)).toBe(true);
});

test('an end that came before they were joined is passed on', async () => {
  const { server } = await joined(undefined, async (ends) => {
    ends.client.end('last words');
    await sleep(50);
  });
  expect((await all(server)).toString()).toBe('first last words');
});

test('what the server says is held back for the stated time, whole and in order, its end too', async () => {
  const { client, server } = await joined(holdFor(60));
  const sinceMs = performance.now();
  const sent = numbered(300_000);
  server.write(sent);
  server.end();
  client.end();
  const [first] = (await once(client, 'data')) as [Buffer];
  expect(performance.now() - sinceMs).toBeGreaterThan(58);
  expect(Buffer.concat([first, await all(client)]).equals(sent)).toBe(true);
});

test('what breaks on one side breaks on the other', async () => {
  const { client, server } = await joined();
  const broken = once(client, 'error');
  client.resume();
  server.resetAndDestroy();
  expect(await broken).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
});
