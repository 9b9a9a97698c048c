/** Past the stream only what keeps its order, and only to the connection that is meant. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeAtOnce } from './write-at-once.ts';

let server: Server;
let near: Socket;
let far: Socket;

beforeEach(async () => {
  server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  near = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  [far] = (await once(server, 'connection')) as [Socket];
  if (near.connecting) await once(near, 'connect');
});
afterEach(() => {
  for (const socket of [near, far]) socket.destroy();
  server.close();
});

const text = Buffer.from('SELECT 1');

test('what the kernel takes goes at once, past the stream', async () => {
  expect(writeAtOnce(near, text)).toBe(text.length);
  expect(near.bytesWritten).toBe(0);
  far.resume();
  expect(((await once(far, 'data')) as [Buffer])[0].toString()).toBe('SELECT 1');
});

test('what the kernel has no room for is left to the stream, and all that comes after it', async () => {
  const much = Buffer.alloc(1_000_000, 'x');
  let bytes = much.length;
  for (let times = 0; bytes > 0 && times < 100; times += 1) bytes = writeAtOnce(near, much);
  expect(bytes).toBe(0);
  expect(near.destroyed).toBe(false);
  near.write(much);
  expect(near.writableLength).toBe(much.length);
  far.resume();
  await once(near, 'drain');
  expect(writeAtOnce(near, text)).toBe(text.length);
});

test('nothing goes while the stream has bytes that came before', () => {
  near.cork();
  near.write(text);
  expect(writeAtOnce(near, text)).toBe(0);
});

test('nothing goes to a connection that was ended or closed: its number may be another one by now', () => {
  far.end();
  expect(writeAtOnce(far, text)).toBe(0);
  near.destroy();
  expect(writeAtOnce(near, text)).toBe(0);
});

test('a connection that broke ends with its error, as by its stream', async () => {
  near.on('error', () => undefined);
  far.resetAndDestroy();
  const broken = new Promise((resolve) => void near.once('close', resolve));
  for (let times = 0; times < 200 && !near.destroyed; times += 1) {
    writeAtOnce(near, text);
    await new Promise((resolve) => void setTimeout(resolve, 5));
  }
  await broken;
  expect(near.errored).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) });
});
