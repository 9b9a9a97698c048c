/** What is handed to the forwarder comes to the other side whole and in order, and is told with its time. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { forwarderIfPossible } from '../../tools/forwarder.ts';
import { all, around, closeAll, numbered, type Around } from '../fixtures/sockets.ts';
import { startForwarder, type Forwarder } from './forwarder.ts';

afterEach(closeAll);

const program = await forwarderIfPossible(() => undefined);
const start = (onLost: () => void = () => undefined): Promise<Forwarder> => startForwarder(program!.path, onLost);

interface Told {
  client: string;
  server: string;
  ends: string[];
  times: number[];
}

/** What the pair says from now on; it is told once asked for. */
const carry = (forwarder: Forwarder, { toClient, toServer }: Around, roundTripMs = 0): Told => {
  const told: Told = { client: '', server: '', ends: [], times: [] };
  const hears = (side: 'client' | 'server') => ({
    onChunk: (chunk: Buffer, atMs: number) => {
      told[side] += chunk.toString('latin1');
      told.times.push(atMs);
    },
    onEnd: (atMs: number) => {
      told.ends.push(side);
      told.times.push(atMs);
    },
  });
  const isCarried = forwarder.carry({
    client: toClient,
    server: toServer,
    first: Buffer.from('first '),
    fromClient: hears('client'),
    fromServer: hears('server'),
    onUntold: () => told.ends.push('untold'),
    roundTripMs,
  });
  expect(isCarried).toBe(true);
  return told;
};

describe.skipIf(program === null)('the forwarder', () => {
  test('what came before, at once and later comes whole, and the end after it; all is told', async () => {
    await using forwarder = await start();
    const ends = await around();
    ends.client.write('before ');
    await sleep(50);
    const sinceMs = performance.now();
    const told = carry(forwarder, ends);
    ends.client.write('later');
    ends.client.end();
    expect((await all(ends.server)).toString()).toBe('first before later');
    const answered = all(ends.client);
    ends.server.end('answer');
    expect((await answered).toString()).toBe('answer');
    const upToMs = await forwarder.caughtUp();
    expect(told).toMatchObject({ client: 'first before later', server: 'answer', ends: ['client', 'server'] });
    expect(told.times).toEqual(told.times.toSorted((a, b) => a - b));
    expect(told.times[0]).toBeGreaterThan(sinceMs);
    expect(told.times.at(-1)).toBeLessThanOrEqual(upToMs);
    expect(upToMs).toBeLessThanOrEqual(performance.now());
  });

  test('to a side that reads slowly megabytes come unharmed, while the other direction goes on', async () => {
    await using forwarder = await start();
    const ends = await around();
    const told = carry(forwarder, ends);
    const sent = numbered(6_000_000);
    ends.client.pause();
    ends.server.write(sent);
    ends.server.end();
    await sleep(100);
    ends.client.write('meanwhile');
    ends.client.end();
    expect((await all(ends.server)).toString()).toBe('first meanwhile');
    expect((await all(ends.client)).equals(sent)).toBe(true);
    await forwarder.caughtUp();
    expect(told.server.length).toBe(sent.length);
  });

  test('an end that came before is passed on', async () => {
    await using forwarder = await start();
    const ends = await around();
    ends.client.end('last words');
    await sleep(50);
    carry(forwarder, ends);
    expect((await all(ends.server)).toString()).toBe('first last words');
  });

  test('what the server says is held back for the stated time, whole and in order, its end too', async () => {
    await using forwarder = await start();
    const ends = await around();
    const told = carry(forwarder, ends, 60);
    await once(ends.server, 'data');
    const sinceMs = performance.now();
    const sent = numbered(300_000);
    ends.server.write(sent);
    ends.server.end();
    ends.client.end();
    const [first] = (await once(ends.client, 'data')) as [Buffer];
    const heldMs = performance.now() - sinceMs;
    expect(Buffer.concat([first, await all(ends.client)]).equals(sent)).toBe(true);
    expect(heldMs).toBeGreaterThan(59);
    await forwarder.caughtUp();
    expect(told).toMatchObject({ client: 'first ', ends: ['client', 'server'] });
    // The question came at once; an answer counts from when it went.
    expect(told.times.at(-1)! - sinceMs).toBeGreaterThan(59);
  });

  test('what breaks on one side breaks on the other, and both ends are told', async () => {
    await using forwarder = await start();
    const ends = await around();
    const told = carry(forwarder, ends);
    await once(ends.server, 'data');
    const broken = once(ends.client, 'error');
    ends.client.resume();
    ends.server.resetAndDestroy();
    expect(await broken).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
    await forwarder.caughtUp();
    expect(told.ends).toEqual(['server', 'client']);
  });

  test('when it is killed whoever started it is told, and its connections are over', async () => {
    const lost = Promise.withResolvers<void>();
    await using forwarder = await start(lost.resolve);
    const ends = await around();
    carry(forwarder, ends);
    await forwarder.caughtUp();
    const over = once(ends.client, 'close');
    ends.client.resume().end();
    ends.client.on('error', () => undefined);
    process.kill(forwarder.pid, 'SIGKILL');
    await lost.promise;
    await over;
    expect(await forwarder.caughtUp()).toBeLessThanOrEqual(performance.now());
  });
});
