/**
 * Seed 004 explains "30 in the pool, 2 in the database" by clients that stay in node-pg's pool after their connection
 * timed out. This test tries it with the node-pg of today, against a server that accepts connections and never answers
 * a login: they do not stay.
 */
import { createServer, type Socket } from 'node:net';
import pg from 'pg';
import { expect, test } from 'vitest';
import { pause } from './wait.ts';

const silentServer = async (): Promise<{ port: number } & AsyncDisposable> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
};

const acquisitionTimeoutMs = 300;

test('clients whose logins time out leave the pool, the last of them one timeout later', async () => {
  await using server = await silentServer();
  const pool = new pg.Pool({
    host: '127.0.0.1',
    port: server.port,
    user: 'nobody',
    database: 'none',
    max: 30,
    connectionTimeoutMillis: acquisitionTimeoutMs,
  });
  pool.on('error', () => undefined);
  const counts = (): object => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount });
  const asked = Array.from({ length: 42 }, () =>
    pool.connect().then(
      () => 'connected',
      (error: Error) => error.message,
    ),
  );
  expect(counts()).toEqual({ total: 30, idle: 0, waiting: 12 });
  const outcomes = await Promise.all(asked);
  expect(outcomes.filter((message) => message === 'timeout exceeded when trying to connect')).toHaveLength(12);
  expect(outcomes.filter((message) => message === 'Connection terminated due to connection timeout')).toHaveLength(30);
  // At most the twelve that a freed place was given to in the instant before their acquisitions gave up.
  expect(pool.totalCount).toBeLessThanOrEqual(12);
  await pause(2 * acquisitionTimeoutMs);
  expect(counts()).toEqual({ total: 0, idle: 0, waiting: 0 });
  await pool.end();
});
