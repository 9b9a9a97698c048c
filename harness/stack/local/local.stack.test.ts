import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isPortFree } from '../../system/ports.ts';
import { isAlive, processTree } from '../../system/proc.ts';
import { unprivilegedUser } from '../../system/users.ts';
import { waitUntil } from '../../system/wait.ts';
import { createWorkspace, type Workspace } from '../../system/workspace.ts';
import { defaultStackSpec } from '../spec.ts';
import type { LostPart } from '../lost.ts';
import type { Component, StackSpec, StartedStack } from '../stack.ts';
import { expectRoles } from '../fixtures/roles.ts';
import { startStack } from '../start.ts';

let workspace: Workspace;
let logsFolder = '';

beforeAll(async () => {
  workspace = await createWorkspace('stack test');
  logsFolder = mkdtempSync(path.join(tmpdir(), 'pgsurge-test-logs-'));
});

afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  rmSync(logsFolder, { recursive: true, force: true });
});

const start = (spec: Partial<StackSpec> = {}, inside = workspace): Promise<StartedStack> =>
  startStack('local', { ...defaultStackSpec, ...spec }, { workspace: inside, logsFolder, log: () => undefined });

const connect = async (connectionString: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

const ask = async <Row extends pg.QueryResultRow>(connectionString: string, statement: string): Promise<Row[]> => {
  const client = await connect(connectionString);
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
};

const componentOf = (stack: StartedStack, name: Component['name']): Component => {
  const found = stack.components.find((component) => component.name === name);
  if (found === undefined) throw new Error(`no component ${name}`);
  return found;
};

const pidOf = (component: Component): number => {
  const usage = component.usage();
  if (usage?.kind !== 'processTree') throw new Error(`${component.name} is down`);
  return usage.pid;
};

describe("a stack with the healthy service's settings", () => {
  let stack: StartedStack;
  beforeAll(async () => {
    stack = await start();
  });
  afterAll(async () => {
    await stack[Symbol.asyncDispose]();
  });

  test('every role logs in, none more than it should be', async () => {
    await expectRoles(stack, ask);
  });

  test('a wrong password is refused by database and pooler', async () => {
    for (const url of [stack.databaseUrl('app'), stack.serviceUrl('pooler', 'app')]) {
      await expect(connect(url.replace(/:[^:@]+@/, ':wrong@'))).rejects.toMatchObject({
        code: expect.stringMatching(/28P01|08P01/),
      });
    }
    expect(
      await ask(
        stack.databaseUrl('owner'),
        'SELECT DISTINCT left(rolpassword, 13) AS kind FROM pg_authid WHERE rolpassword IS NOT NULL',
      ),
    ).toEqual([{ kind: 'SCRAM-SHA-256' }]);
  });

  test('it is durable, checksummed, and says so', async () => {
    const wanted = {
      fsync: 'on',
      synchronous_commit: 'on',
      full_page_writes: 'on',
      data_checksums: 'on',
      max_connections: '90',
      shared_preload_libraries: 'pg_stat_statements',
    };
    for (const [name, value] of Object.entries(wanted))
      expect.soft(stack.settings[`postgres.${name}`], name).toBe(value);
    expect(stack.settings).toMatchObject({
      'postgres.role_connection_limit': '50',
      'pgbouncer.pool_mode': 'transaction',
      'pgbouncer.default_pool_size': '40',
      'pgbouncer.max_db_connections': '40',
      'pgbouncer.max_client_conn': '1100',
    });
    expect(stack.versions).toMatchObject({
      postgres: expect.stringMatching(/^18\./),
      pgbouncer: expect.stringMatching(/^1\./),
    });
    expect(
      await ask(stack.databaseUrl('probe'), 'SELECT count(*)::int > 0 AS counted FROM pg_stat_statements'),
    ).toEqual([{ counted: true }]);
  });

  test('the app may make tables, the listener use them, the probe read them only', async () => {
    await ask(stack.serviceUrl('pooler', 'app'), 'CREATE TABLE notes_here (body text)');
    await ask(stack.databaseUrl('listen'), "INSERT INTO notes_here VALUES ('kept')");
    expect(await ask(stack.databaseUrl('probe'), 'SELECT body FROM notes_here')).toEqual([{ body: 'kept' }]);
    await expect(ask(stack.databaseUrl('probe'), "INSERT INTO notes_here VALUES ('no')")).rejects.toThrow(
      /read-only|permission denied/,
    );
  });

  test('the role limit holds: the 51st session of the app gets 53300, others still get in', async () => {
    const admin = await connect(stack.poolers[0]?.adminUrl ?? '');
    await admin.query('RECONNECT app');
    await admin.end();
    const idle = "SELECT count(*)::int AS sessions FROM pg_stat_activity WHERE usename = 'app'";
    await waitUntil(
      "the end of the pooler's sessions",
      async () => (await ask<{ sessions: number }>(stack.databaseUrl('owner'), idle))[0]?.sessions === 0,
      { limitMs: 5000 },
    );
    const sessions = await Promise.all(Array.from({ length: 50 }, () => connect(stack.databaseUrl('app'))));
    await expect(connect(stack.databaseUrl('app'))).rejects.toMatchObject({
      code: '53300',
      message: 'too many connections for role "app"',
    });
    expect(await ask(stack.databaseUrl('listen'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await Promise.all(sessions.map((session) => session.end()));
  });

  test('no secret and no noise in the logs', () => {
    const secrets = [stack.databaseUrl('owner'), stack.databaseUrl('app'), stack.poolers[0]?.adminUrl ?? ''].map(
      (url) => new URL(url).password,
    );
    for (const { logFile } of stack.components) {
      const log = readFileSync(logFile as string, 'utf8');
      expect(secrets.filter((secret) => secret === '' || log.includes(secret))).toEqual([]);
      expect(log).not.toContain('starting up');
    }
    expect(JSON.stringify(stack.settings)).not.toContain(secrets[1]);
  });

  test('as root the servers run as another user', () => {
    const user = unprivilegedUser();
    // The partner is of the service's kind and runs as it does.
    for (const component of stack.components.filter(({ name }) => name !== 'partner')) {
      const uid = Number(/^Uid:\t(\d+)/m.exec(readFileSync(`/proc/${pidOf(component)}/status`, 'utf8'))?.[1]);
      expect(uid).toBe(user?.uid ?? process.getuid?.());
    }
  });
});

test('ready within 1.5 s from the cached template (median of five)', async () => {
  const times: number[] = [];
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const before = performance.now();
    await using _stack = await start();
    times.push(performance.now() - before);
  }
  expect(times.toSorted((a, b) => a - b)[2]).toBeLessThan(1500);
});

describe('breaking and mending', () => {
  test('kill -9 takes postmaster and backends; started again, what was committed is there', async () => {
    await using stack = await start();
    const database = componentOf(stack, 'database');
    await ask(stack.databaseUrl('app'), 'CREATE TABLE acknowledged AS SELECT generate_series(1, 1000) AS id');
    const held = await connect(stack.serviceUrl('pooler', 'app'));
    await held.query('SELECT 1');
    const members = processTree(pidOf(database));
    expect(members.length).toBeGreaterThan(5);
    await database.kill('SIGKILL');
    expect(members.filter(isAlive)).toEqual([]);
    expect(database.usage()).toBeNull();
    await expect(connect(stack.databaseUrl('app'))).rejects.toThrow('ECONNREFUSED');
    await database.start();
    expect(await ask(stack.databaseUrl('app'), 'SELECT count(*)::int AS rows FROM acknowledged')).toEqual([
      { rows: 1000 },
    ]);
    expect(readFileSync(database.logFile as string, 'utf8')).toContain('automatic recovery in progress');
    await held.end();
  });

  test('a pooler killed -9 comes back on its port', async () => {
    await using stack = await start({ poolers: 2 });
    expect(stack.poolers).toHaveLength(2);
    const pooler = componentOf(stack, 'pooler');
    await pooler.kill('SIGKILL');
    await expect(connect(stack.serviceUrl('pooler', 'app'))).rejects.toThrow('ECONNREFUSED');
    await pooler.start();
    expect(await ask(stack.serviceUrl('pooler', 'app'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const admin = await connect(stack.poolers[1]?.adminUrl ?? '');
    expect((await admin.query('SHOW POOLS')).rows.length).toBeGreaterThan(0);
    await admin.end();
  });

  test('a stated link latency slows logins and queries on both routes, and the proxies can be broken', async () => {
    await using stack = await start({ databaseLinkLatencyMs: 50, proxies: true });
    expect(Object.keys(stack.toxiproxy?.proxies ?? {}).toSorted()).toEqual([
      'pooler-database',
      'service-database',
      'service-pooler',
    ]);
    const timed = async (url: string): Promise<number> => {
      const before = performance.now();
      await ask(url, 'SELECT 1');
      return performance.now() - before;
    };
    // A SCRAM login has three answers of the database, the query one more.
    expect(await timed(stack.serviceUrl('direct', 'app'))).toBeGreaterThan(150);
    expect(await timed(stack.databaseUrl('app')), 'the harness itself is not slowed').toBeLessThan(150);
    expect(await timed(stack.serviceUrl('pooler', 'app'))).toBeGreaterThan(50);
    const proxy = componentOf(stack, 'proxy');
    await proxy.kill('SIGKILL');
    await expect(connect(stack.serviceUrl('pooler', 'app'))).rejects.toThrow('ECONNREFUSED');
    await proxy.start();
    expect(await timed(stack.serviceUrl('direct', 'app'))).toBeGreaterThan(150);
  });
});

describe('nothing is left', () => {
  const sharedMemory = (): string[] =>
    readFileSync('/proc/sysvipc/shm', 'utf8')
      .split('\n')
      .map((line) => line.trim().split(/\s+/)[1] ?? '');

  test('dispose leaves no process, port, folder or shared memory, also of a killed database', async () => {
    for (const crash of [false, true]) {
      const stack = await start();
      const members = stack.components.flatMap((component) => processTree(pidOf(component)));
      const data = readdirSync(workspace.folder).filter((name) => name.startsWith('stack-'));
      expect(data).toHaveLength(1);
      const pidFile = path.join(workspace.folder, data[0] as string, 'data', 'postmaster.pid');
      const segment = readFileSync(pidFile, 'utf8').split('\n')[6]?.trim().split(/\s+/)[1] as string;
      expect(sharedMemory()).toContain(segment);
      if (crash) await componentOf(stack, 'database').kill('SIGKILL');
      await stack[Symbol.asyncDispose]();
      expect(members.filter(isAlive)).toEqual([]);
      expect(readdirSync(workspace.folder).filter((name) => name.startsWith('stack-'))).toEqual([]);
      expect(sharedMemory()).not.toContain(segment);
      for (const { port } of [stack.database, ...stack.poolers]) expect(await isPortFree(port)).toBe(true);
    }
  });

  test('a server that will not start is one line with its own words, and takes the rest down with it', async () => {
    const before = processTree(process.pid).length;
    const failed = start({ postgres: { work_mem: 'plenty' } });
    await expect(failed).rejects.toThrow(/^Postgres ended while it started \(exit 1\): .*work_mem/);
    await expect(failed).rejects.toMatchObject({ exitCode: 4, details: expect.stringContaining('work_mem') });
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => {
      taken.once('listening', resolve);
    });
    const { port } = taken.address() as { port: number };
    await expect(start({ postgres: { port: String(port) } })).rejects.toThrow(/another program took the port just now/);
    taken.close();
    await expect(start({ postgres: { "work_mem = '1MB'\nfsync": 'off' } })).rejects.toMatchObject({ exitCode: 2 });
    await expect(start({ poolers: 4 })).rejects.toThrow('the local stack runs 1 to 3');
    await waitUntil('the end of all', () => processTree(process.pid).length <= before, { limitMs: 3000 });
    expect(readdirSync(workspace.folder)).toEqual([]);
  });

  test('a missing Postgres is named with what to set', async () => {
    process.env['PGSURGE_POSTGRES_BIN'] = '/nowhere';
    try {
      await expect(start()).rejects.toThrow(
        '/nowhere/postgres does not run; set PGSURGE_POSTGRES_BIN to a folder that holds postgres and initdb 18',
      );
    } finally {
      delete process.env['PGSURGE_POSTGRES_BIN'];
    }
    expect(readdirSync(workspace.folder)).toEqual([]);
  });

  test.skipIf(process.getuid?.() !== 0)('a full disk is said to be one', async (context) => {
    const disk = mkdtempSync(path.join(tmpdir(), 'pgsurge-test-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m,mode=1777', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      rmSync(disk, { recursive: true });
      context.skip('this root may not mount');
    }
    const { TMPDIR } = process.env;
    process.env['TMPDIR'] = disk;
    try {
      await using small = await createWorkspace('full disk');
      expect(path.dirname(small.folder)).toBe(disk);
      await expect(start({}, small)).rejects.toThrow(/the disk is full; free some space, or set TMPDIR/);
    } finally {
      if (TMPDIR === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = TMPDIR;
      expect(readdirSync(disk)).toEqual([]);
      execFileSync('umount', [disk]);
      rmSync(disk, { recursive: true });
    }
    expect(existsSync(disk)).toBe(false);
  });
});

test('a part that somebody else ends is told of, once; what a fault ends, freezes or starts again, and the end of the stack, is not', async () => {
  const told: LostPart[] = [];
  const stack = await startStack(
    'local',
    { ...defaultStackSpec, proxies: true },
    { workspace, logsFolder, log: () => undefined, onLost: (lost) => told.push(lost) },
  );
  for (const component of stack.components) {
    for (const signal of ['SIGSTOP', 'SIGCONT'] as const) await component.kill(signal);
    await component.kill('SIGKILL');
    await component.start();
  }
  await componentOf(stack, 'database').kill('SIGINT');
  await componentOf(stack, 'database').start();
  expect(told).toEqual([]);
  for (const component of stack.components) process.kill(pidOf(component), 'SIGKILL');
  await waitUntil('word of all four', () => told.length === 4, { limitMs: 5000 });
  expect(told.map(({ title, how }) => `${title} ${how}`).sort()).toEqual([
    'PgBouncer 1 SIGKILL',
    'Postgres SIGKILL',
    'Toxiproxy SIGKILL',
    'the partner SIGKILL',
  ]);
  await Promise.all(stack.components.map((component) => component.start()));
  await stack[Symbol.asyncDispose]();
  expect(told).toHaveLength(4);
});
