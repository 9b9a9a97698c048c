/** What one side says comes to the other whole and in order, whichever way it is read and however slow that side is. */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { all, around, closeAll, keep, numbered } from '../fixtures/sockets.ts';
import { holdFor, type Hold } from './delay.ts';
import { join } from './pump.ts';

afterEach(closeAll);

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
  const { toClient, toServer, ...ends } = await around();
  await beforeJoin(ends);
  const heard: number[] = [];
  const passingMs: number[] = [];
  const onChunk = (chunk: Buffer, cameMs: number): void => {
    heard.push(chunk.length);
    passingMs.push(performance.now() - cameMs);
  };
  const listening = { onChunk, onEnd: () => undefined };
  join({
    client: toClient,
    server: toServer,
    first: Buffer.from('first '),
    fromClient: listening,
    fromServer: { ...listening, hold },
    onSocket: keep,
  });
  return { ...ends, heard, passingMs };
};

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
