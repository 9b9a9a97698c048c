import { spawn, type ChildProcess } from 'node:child_process';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const roundTripMs = 40;
let upstream: Server;
let link: ChildProcess;
let linkPort = 0;

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const listening = (handler: (socket: Socket) => void): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer(handler).listen(0, '127.0.0.1', () => resolve(server));
  });

const freePort = async (): Promise<number> => {
  const server = await listening(() => undefined);
  const port = portOf(server);
  await new Promise((resolve) => void server.close(resolve));
  return port;
};

const startLink = async (port: number, upstreamPort: number): Promise<ChildProcess> => {
  const started = spawn(process.execPath, ['--no-warnings', fileURLToPath(new URL('./link.ts', import.meta.url))], {
    env: { PGSURGE_LINK_HOPS: `127.0.0.1:${port} 127.0.0.1:${upstreamPort} ${roundTripMs}` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  await new Promise<void>((resolve) => {
    started.stdout.on('data', (data: Buffer) => {
      said += data.toString();
      if (said.includes('the link serves')) resolve();
    });
  });
  return started;
};

const dial = (): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: linkPort, noDelay: true }, () => resolve(socket));
  });

beforeAll(async () => {
  upstream = await listening((socket) => {
    socket.on('data', (data) => socket.write(data));
    socket.on('error', () => undefined);
  });
  linkPort = await freePort();
  link = await startLink(linkPort, portOf(upstream));
});
afterAll(() => {
  link.kill('SIGKILL');
  upstream.close();
});

/** Everything up to so many bytes. */
const receive = (socket: Socket, bytes: number): Promise<Buffer> =>
  new Promise((resolve) => {
    const parts: Buffer[] = [];
    socket.on('data', (data) => {
      parts.push(data);
      const all = Buffer.concat(parts);
      if (all.length >= bytes) resolve(all);
    });
  });

test('each answer takes the stated round trip longer, also where many are under way', async () => {
  const took = await Promise.all(
    Array.from({ length: 20 }, async () => {
      const socket = await dial();
      const sinceMs = performance.now();
      socket.write('ping');
      await receive(socket, 4);
      const ms = performance.now() - sinceMs;
      socket.destroy();
      return ms;
    }),
  );
  expect(Math.min(...took)).toBeGreaterThanOrEqual(roundTripMs - 1);
  expect(took.toSorted((a, b) => a - b)[10]).toBeLessThan(roundTripMs * 3);
});

test('what is sent comes whole and in order', async () => {
  const socket = await dial();
  const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
  const received = receive(socket, sent.length);
  socket.write(sent);
  expect((await received).equals(sent)).toBe(true);
  socket.destroy();
});

test('a server that is not there is no server: the client is told so', async () => {
  const deadPort = await freePort();
  const port = await freePort();
  const dead = await startLink(port, deadPort);
  const ended = await new Promise<string>((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    socket.on('end', () => resolve('end'));
  }).finally(() => dead.kill('SIGKILL'));
  expect(ended).toBe('ECONNRESET');
});
