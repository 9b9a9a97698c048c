/** The messages themselves, provoked: a table of words is worth what the servers say today. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultStackSpec } from '../../stack/spec.ts';
import type { StartedStack } from '../../stack/stack.ts';
import { startStack } from '../../stack/start.ts';
import { createWorkspace, type Workspace } from '../../system/workspace.ts';
import { classifyError } from './classify.ts';

let workspace: Workspace;
let stack: StartedStack;
let logsFolder = '';
let direct = '';
let pooled = '';

beforeAll(async () => {
  workspace = await createWorkspace('errors test');
  logsFolder = mkdtempSync(path.join(tmpdir(), 'pgsurge-test-logs-'));
  stack = await startStack(
    'local',
    {
      ...defaultStackSpec,
      maxConnections: 24,
      roles: { ...defaultStackSpec.roles, app: { connectionLimit: 5 } },
      pooler: { ...defaultStackSpec.pooler, poolSize: 1, maxClientConn: 8, queryWaitTimeoutSeconds: 1 },
    },
    { workspace, logsFolder, log: () => undefined },
  );
  direct = stack.databaseUrl('app');
  pooled = stack.serviceUrl('pooler', 'app');
  await using owner = await open(stack.databaseUrl('owner'));
  await owner.client.query(
    'CREATE TABLE numbers (id integer PRIMARY KEY, value integer); INSERT INTO numbers VALUES (1, 1), (2, 2); ' +
      'GRANT ALL ON numbers TO app',
  );
}, 60_000);

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await workspace?.[Symbol.asyncDispose]();
  rmSync(logsFolder, { recursive: true, force: true });
});

interface Open extends AsyncDisposable {
  client: pg.Client;
}

const open = async (connectionString: string, options: pg.ClientConfig = {}): Promise<Open> => {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000, ...options });
  client.on('error', () => undefined);
  await client.connect();
  return { client, [Symbol.asyncDispose]: () => client.end().catch(() => undefined) };
};

/** Runs it and gives back what it failed with. */
const failureOf = async (attempt: () => Promise<unknown>): Promise<Error & { code?: string }> => {
  try {
    await attempt();
  } catch (error) {
    return error as Error & { code?: string };
  }
  throw new Error('nothing failed');
};

const expectFamily = (error: Error & { code?: string }, family: string, outcome: string): void => {
  // By the words alone, and with the SQLSTATE beside them.
  for (const found of [classifyError(error.message), classifyError(error.message, error.code)])
    expect(found, error.message).toMatchObject({ family, outcome });
};

const opened = async (
  url: string,
  most: number,
): Promise<{ error: Error & { code?: string }; close(): Promise<unknown> }> => {
  const held: Open[] = [];
  const error = await failureOf(async () => {
    for (let count = 0; count < most; count += 1) held.push(await open(url));
  });
  return { error, close: () => Promise.all(held.map((one) => one[Symbol.asyncDispose]())) };
};

const listening = async (onConnection: (socket: Socket) => void): Promise<{ server: Server; url: string }> => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `postgres://app:x@127.0.0.1:${(server.address() as AddressInfo).port}/app` };
};

describe('no slot', () => {
  test('of the role', async () => {
    const { error, close } = await opened(direct, 20);
    await close();
    expectFamily(error, 'no-slot', 'not-executed');
  });

  test('but those reserved, and none at all', async () => {
    const listeners = await opened(stack.databaseUrl('listen'), 40);
    const owners = await opened(stack.databaseUrl('owner'), 40);
    await Promise.all([listeners.close(), owners.close()]);
    for (const { error } of [listeners, owners]) expectFamily(error, 'no-slot', 'not-executed');
    expect(listeners.error.message).not.toBe(owners.error.message);
  });
});

describe('waiting', () => {
  test('for the app pool', async () => {
    const pool = new pg.Pool({ connectionString: direct, max: 1, connectionTimeoutMillis: 200 });
    const held = await pool.connect();
    const error = await failureOf(() => pool.connect());
    held.release();
    await pool.end();
    expectFamily(error, 'pool-wait', 'not-executed');
  });

  test('for a server connection of the pooler, and for a slot in it', async () => {
    await using holder = await open(pooled);
    await holder.client.query('BEGIN; SELECT 1');
    await using waiter = await open(pooled);
    expectFamily(await failureOf(() => waiter.client.query('SELECT 1')), 'pooler-wait', 'not-executed');
    await holder.client.query('ROLLBACK');
    const full = await opened(pooled, 20);
    await full.close();
    expectFamily(full.error, 'pooler-wait', 'not-executed');
  });

  test('for a server that never answers', async () => {
    const sockets: Socket[] = [];
    const { server, url } = await listening((socket) => void sockets.push(socket));
    const error = await failureOf(() => open(url, { connectionTimeoutMillis: 200 }));
    for (const socket of sockets) socket.destroy();
    server.close();
    expectFamily(error, 'connect-timeout', 'not-executed');
  });

  test('for an answer that the client gives up', async () => {
    await using slow = await open(direct, { query_timeout: 200 });
    expectFamily(await failureOf(() => slow.client.query('SELECT pg_sleep(1)')), 'client-timeout', 'unknown');
  });
});

describe('session state behind a pooler in transaction mode', () => {
  test('a statement that another client had prepared, and one that it had not', async () => {
    await using first = await open(pooled);
    await using second = await open(pooled);
    await first.client.query('PREPARE mine AS SELECT 1');
    expectFamily(await failureOf(() => second.client.query('PREPARE mine AS SELECT 1')), 'pool-mode', 'rolled-back');
    expectFamily(await failureOf(() => second.client.query('EXECUTE yours')), 'pool-mode', 'rolled-back');
    await first.client.query('DEALLOCATE ALL');
  });
});

describe('statements', () => {
  const failing: [family: string, name: string, statements: string][] = [
    ['statement-timeout', 'a statement that took too long', `SET statement_timeout = 100; SELECT pg_sleep(1)`],
    ['constraint', 'a key that is there', 'INSERT INTO numbers VALUES (1, 1)'],
    [
      'read-only',
      'a write on a read-only session',
      'SET default_transaction_read_only = on; BEGIN; UPDATE numbers SET value = 1; COMMIT',
    ],
    ['sql', 'a table that is not there', 'SELECT * FROM nowhere'],
    ['sql', 'a statement that is none', 'SELEKT 1'],
  ];
  test.each(failing)('%s: %s', async (family, _name, statements) => {
    await using session = await open(direct);
    const error = await failureOf(async () => {
      for (const statement of statements.split('; ')) await session.client.query(statement);
    });
    expectFamily(error, family, 'rolled-back');
  });

  test('after a failure in the same transaction', async () => {
    await using session = await open(direct);
    await session.client.query('BEGIN');
    await failureOf(() => session.client.query('SELECT 1 / 0'));
    expectFamily(await failureOf(() => session.client.query('SELECT 1')), 'aborted', 'rolled-back');
  });

  test('a lock that is held, a deadlock, and a change that came between', async () => {
    await using first = await open(direct);
    await using second = await open(direct);
    await first.client.query('BEGIN; UPDATE numbers SET value = 5 WHERE id = 1');
    await second.client.query('SET lock_timeout = 100');
    expectFamily(
      await failureOf(() => second.client.query('UPDATE numbers SET value = 6 WHERE id = 1')),
      'lock-timeout',
      'rolled-back',
    );
    await second.client.query('SET lock_timeout = 0; BEGIN; UPDATE numbers SET value = 7 WHERE id = 2');
    const crossed = [
      first.client.query('UPDATE numbers SET value = 8 WHERE id = 2'),
      second.client.query('UPDATE numbers SET value = 9 WHERE id = 1'),
    ];
    const [outcome] = (await Promise.allSettled(crossed)).filter((one) => one.status === 'rejected');
    expectFamily((outcome as PromiseRejectedResult).reason as Error, 'deadlock', 'rolled-back');
    await Promise.all([first.client.query('ROLLBACK'), second.client.query('ROLLBACK')]);
    await first.client.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM numbers');
    await second.client.query('UPDATE numbers SET value = value + 1');
    expectFamily(
      await failureOf(() => first.client.query('UPDATE numbers SET value = value + 1')),
      'serialization',
      'rolled-back',
    );
    await first.client.query('ROLLBACK');
  });
});

describe('connections that end', () => {
  test('by an administrator, while a statement runs', async () => {
    await using victim = await open(direct);
    const ended = new Promise((resolve) => victim.client.once('end', resolve));
    await using owner = await open(stack.databaseUrl('owner'));
    const { rows } = await victim.client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const running = failureOf(() => victim.client.query('SELECT pg_sleep(5)'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await owner.client.query('SELECT pg_terminate_backend($1)', [rows[0]!.pid]);
    expectFamily(await running, 'server-restart', 'unknown');
    await ended;
    expectFamily(await failureOf(() => victim.client.query('SELECT 1')), 'connection-lost', 'not-executed');
  });

  test.each([
    ['idle_in_transaction_session_timeout', 'BEGIN', 'rolled-back'],
    ['idle_session_timeout', 'SELECT 1', 'not-executed'],
  ])('by %s', async (setting, statement, outcome) => {
    await using session = await open(direct);
    const ended = new Promise<Error>((resolve) => session.client.on('error', resolve));
    // In one message: between two, the time could run out already.
    await session.client.query(`SET ${setting} = 100; ${statement}`);
    expectFamily(await ended, 'idle-timeout', outcome);
  });

  test('by a server that goes away, and one that is not there', async () => {
    const { server, url } = await listening((socket) => void socket.once('data', () => socket.end()));
    const error = await failureOf(() => open(url));
    server.close();
    expectFamily(error, 'connection-lost', 'unknown');
    await new Promise((resolve) => server.once('close', resolve));
    expectFamily(await failureOf(() => open(url)), 'connect-refused', 'not-executed');
  });
});

describe('logins refused', () => {
  test('a wrong password, a database that is not there, by Postgres and by the pooler', async () => {
    for (const url of [direct, pooled])
      expectFamily(await failureOf(() => open(url.replace(/:[^:@]+@/, ':wrong@'))), 'auth', 'not-executed');
    for (const url of [stack.databaseUrl('listen'), pooled])
      expectFamily(await failureOf(() => open(url.replace(/\/[^/]+$/, '/nowhere'))), 'auth', 'not-executed');
  });

  test('a database that the pooler has disabled', async () => {
    await using admin = await open(stack.poolers[0]!.adminUrl);
    await admin.client.query(`DISABLE ${stack.database.name}`);
    const error = await failureOf(() => open(pooled));
    await admin.client.query(`ENABLE ${stack.database.name}`);
    expectFamily(error, 'pooler-down', 'not-executed');
  });
});
