/** Upstreams that speak TLS, and then do what none should: the tap passes it on, and neither falls nor waits. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../../system/wait.ts';
import { client, int32, server } from '../fixtures/wire.ts';
import { startTap, type Tap } from '../tap.ts';
import { dial, upstreamOf } from './upstream.ts';

let folder = '';
const certificate = { key: '', cert: '' };
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'pgsurge-tls-'));
  const [key, cert] = [path.join(folder, 'key'), path.join(folder, 'cert')];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'];
  execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  Object.assign(certificate, { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const open: { servers: Server[]; sockets: Socket[] } = { servers: [], sockets: [] };
afterEach(() => {
  for (const socket of open.sockets.splice(0)) socket.destroy();
  for (const listening of open.servers.splice(0)) listening.close();
});

/** Answers the question for TLS with Yes, then does as it is told with the connection. */
const startUpstream = async (play: (plain: Socket) => void): Promise<number> => {
  const listening = createServer((plain) => {
    open.sockets.push(plain);
    plain.on('error', () => undefined);
    plain.once('data', () => {
      plain.pause();
      plain.write('S');
      play(plain);
    });
  });
  open.servers.push(listening);
  listening.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  return (listening.address() as AddressInfo).port;
};

const overTls = (play: (secure: TLSSocket) => void) => (plain: Socket) => {
  const secure = new TLSSocket(plain, { isServer: true, ...certificate });
  secure.on('error', () => undefined);
  secure.once('data', () => play(secure));
};

const openTap = (port: number, mode: string): Promise<Tap> =>
  startTap({ upstream: `postgres://127.0.0.1:${port}?sslmode=${mode}`, port: 0, metricsPort: 0 });

const sayTo = async (tap: Tap, bytes: Buffer): Promise<Socket> => {
  const socket = connect(tap.port, '127.0.0.1');
  open.sockets.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
};

/** All that comes, up to the end of the connection. */
const heard = async (socket: Socket): Promise<string> => {
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  await once(socket, 'close');
  return Buffer.concat(parts).toString();
};

const startup = client.startup({ user: 'app' });

test.each([
  ['no Postgres', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ['an offer of no length', Buffer.from('R\0\0\0\0R\0\0\0\0')],
  ['an offer cut off in its midst', server.sasl('SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256').subarray(0, 20)],
  ['an offer that is longer than any', Buffer.from('R\x7f\xff\xff\xff\0\0\0\x0a', 'latin1')],
  ['nothing at all', Buffer.alloc(0)],
])('the first words are %s', async (_, words) => {
  await using tap = await openTap(await startUpstream(overTls((secure) => secure.end(words))), 'require');
  expect(await heard(await sayTo(tap, startup))).toBe(words.toString());
  expect(await tap.figures()).toMatchObject({ refused: 0, groups: [{ opened: 1, connections: { starting: 0 } }] });
  expect(Object.values((await tap.figures()).unread).filter((count) => count > 0)).toEqual([]);
});

test('what is no Postgres is told as not understood, and as unread while it lasts', async () => {
  await using tap = await openTap(
    await startUpstream(overTls((secure) => secure.write('HTTP/1.1 400\r\n'))),
    'require',
  );
  const socket = await sayTo(tap, startup);
  await once(socket, 'data');
  expect(await tap.figures()).toMatchObject({ notUnderstood: 1, unread: { 'not-understood': 1 } });
  socket.destroy();
  const isOver = async (): Promise<boolean> => (await tap.figures()).unread['not-understood'] === 0;
  await waitUntil('its end', isOver, { limitMs: 5000, everyMs: 10 });
});

test('a server that says Yes and nothing more, or goes away, holds nobody up', async () => {
  const silent = await startUpstream(() => undefined);
  const upstream = (port: number): ReturnType<typeof upstreamOf> =>
    upstreamOf(`postgres://127.0.0.1:${port}?sslmode=require`);
  await expect(dial(upstream(silent), 100)).rejects.toThrow(/before TLS stood|disconnected/);
  const leaving = await startUpstream((plain) => plain.destroySoon());
  await expect(dial(upstream(leaving))).rejects.toThrow(/before TLS stood|disconnected/);
});

const tlsQuestion = Buffer.concat([int32(8), int32(80877103)]);

/** A client that speaks TLS or not at all; gives what it was answered. */
const insists = async (tap: Tap): Promise<string> => {
  const socket = await sayTo(tap, tlsQuestion);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  if (answer.toString() !== 'S') {
    socket.end();
    await once(socket, 'close');
    return answer.toString();
  }
  const secure = connectTls({ socket, rejectUnauthorized: false });
  secure.write('x');
  return String(((await once(secure, 'data')) as [Buffer])[0]);
};

test('a client that insists on TLS is told so, and passes unread to an upstream whose URL wants none', async () => {
  const port = await startUpstream(overTls((secure) => secure.write('secret')));
  await using tap = await openTap(port, 'disable');
  expect(await insists(tap)).toBe('N');
  expect((await tap.figures()).unseen).toEqual({ 'tls-refused': 1 });
  // What the upstream speaks is asked for meanwhile.
  const passes = async (): Promise<boolean> => (await insists(tap)) === 'secret';
  await waitUntil('its TLS', passes, { limitMs: 5000, everyMs: 20 });
  expect(await tap.figures()).toMatchObject({ unseen: { tls: 1 }, unread: { tls: 1 }, groups: [] });
});
