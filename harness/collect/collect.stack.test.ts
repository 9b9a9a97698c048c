import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultStackSpec } from '../stack/spec.ts';
import { startStack } from '../stack/start.ts';
import type { StackSpec, StartedStack } from '../stack/stack.ts';
import { waitUntil } from '../system/wait.ts';
import { createWorkspace, type Workspace } from '../system/workspace.ts';
import { loadCollectors, startCollectors } from './collect.ts';
import { recorder, type Recorded } from './fixtures/recorder.ts';
import { probeName } from '../servers/postgres/held-connection.ts';

let workspace: Workspace;
let logsFolder: string;
beforeAll(async () => {
  workspace = await createWorkspace('collector test');
  logsFolder = mkdtempSync(path.join(tmpdir(), 'pgsurge-collect-'));
});
afterAll(async () => {
  await workspace[Symbol.asyncDispose]();
  rmSync(logsFolder, { recursive: true });
});

const start = (changes: Partial<StackSpec> = {}): Promise<StartedStack> =>
  startStack('local', { ...defaultStackSpec, ...changes }, { workspace, logsFolder, log: () => undefined });

const collectFrom = (
  stack: StartedStack,
  seen: Recorded,
  options: { probeUrl?: string; intervalMs?: number } = {},
): Promise<AsyncDisposable> =>
  startCollectors({
    stack,
    components: () => stack.components,
    probeUrl: options.probeUrl ?? stack.databaseUrl('probe'),
    intervalMs: options.intervalMs ?? 200,
    sink: seen.sink,
  });

const connect = async (url: string, name = 'test'): Promise<pg.Client & AsyncDisposable> => {
  const client = new pg.Client({ connectionString: url, application_name: name, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  await client.connect();
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end().catch(() => undefined) });
};

const eventually = (what: string, check: () => boolean | Promise<boolean>, limitMs = 8000): Promise<unknown> =>
  waitUntil(what, check, { limitMs, everyMs: 50 });

describe('a healthy stack', () => {
  let stack: StartedStack;
  let seen: Recorded;
  let collection: AsyncDisposable;
  beforeAll(async () => {
    stack = await start();
    seen = recorder();
    collection = await collectFrom(stack, seen);
  });
  afterAll(async () => {
    await collection[Symbol.asyncDispose]();
    await stack[Symbol.asyncDispose]();
  });

  test('every source speaks', async () => {
    await eventually('all sources', () => seen.words.length >= 12 && seen.words.every(({ ok }) => ok));
    expect(seen.words.filter(({ ok }) => !ok)).toEqual([]);
    expect((await loadCollectors()).map(({ id }) => id)).toEqual(
      readdirSync(new URL('./collectors', import.meta.url)).map((file) => file.replace('.ts', '')),
    );
  });

  test('two probe connections and no more, left out of the counts', async () => {
    await using owner = await connect(stack.databaseUrl('owner'), 'counter');
    const { rows } = await owner.query(
      'SELECT count(*)::int AS probes FROM pg_stat_activity WHERE application_name = $1',
      [probeName],
    );
    expect(rows).toEqual([{ probes: 2 }]);
    await eventually('the counter', () => seen.last('postgres.sessions', { application: 'counter' }) === 1);
    expect(seen.samples.filter(({ labels }) => labels['application'] === probeName)).toEqual([]);
  });

  test('sessions by state, waits, ages and locks are what two clients do; what is gone is zero', async () => {
    {
      await using holder = await connect(stack.databaseUrl('owner'), 'holder');
      await using waiter = await connect(stack.databaseUrl('owner'), 'waiter');
      await holder.query('CREATE TABLE locked (id int)');
      await holder.query('BEGIN; LOCK TABLE locked');
      const waiting = waiter.query('BEGIN; LOCK TABLE locked').catch(() => undefined);
      await eventually('the wait', () => (seen.last('postgres.locks.waiting') ?? 0) === 1);
      await eventually(
        'the states',
        () =>
          seen.last('postgres.sessions', { application: 'holder', state: 'idle in transaction' }) === 1 &&
          seen.last('postgres.sessions', { application: 'waiter', state: 'active' }) === 1,
      );
      await eventually(
        'the kind of wait',
        () => seen.last('postgres.sessions.waiting', { wait_event_type: 'Lock' }) === 1,
      );
      await eventually(
        'the age',
        () =>
          seen.last('postgres.idle_in_transaction.age.max')! > 0.5 && seen.last('postgres.transaction.age.max')! > 0.5,
      );
      await holder.query('ROLLBACK');
      await waiting;
    }
    await eventually(
      'zero',
      () => seen.last('postgres.sessions', { application: 'holder', state: 'idle in transaction' }) === 0,
    );
    await eventually('no wait', () => seen.last('postgres.locks.waiting') === 0);
    expect(seen.last('postgres.sessions', { application: 'waiter', state: 'active' })).toBe(0);
  });

  test('limits, also when they are changed live', async () => {
    expect([seen.last('postgres.max_connections'), seen.last('postgres.reserved_connections')]).toEqual([90, 3]);
    expect(seen.last('postgres.role_limit', { role: 'app' })).toBe(50);
    await using owner = await connect(stack.databaseUrl('owner'));
    await owner.query('ALTER ROLE app CONNECTION LIMIT 33');
    await eventually('the new limit', () => seen.last('postgres.role_limit', { role: 'app' }) === 33);
  });

  test('commits and statements are counted as they happen', async () => {
    const before = seen.last('postgres.statements.calls')!;
    const commits = seen.last('postgres.commits')!;
    await using client = await connect(stack.databaseUrl('app'));
    for (let index = 0; index < 40; index += 1) await client.query(`SELECT ${index}`);
    await eventually('the statements', () => seen.last('postgres.statements.calls')! >= before + 40);
    await client.end();
    await eventually('the commits', () => seen.last('postgres.commits')! >= commits + 40);
    expect(seen.kinds.get('postgres.commits')).toBe('cumulative');
  });

  test("the pooler's clients, servers and totals", async () => {
    await eventually('the totals', () => seen.last('pooler.transactions') !== undefined);
    const before = seen.last('pooler.transactions')!;
    await using client = await connect(stack.serviceUrl('pooler', 'app'));
    const asleep = client.query('SELECT pg_sleep(1.5)');
    await eventually(
      'the client',
      () =>
        seen.last('pooler.clients', { pooler: '0', database: 'app', state: 'active' }) === 1 &&
        seen.last('pooler.servers', { state: 'active' }) === 1,
    );
    await asleep;
    // PgBouncer counts a transaction when it begins, its time when it ends.
    await eventually("the transaction's time", () => seen.last('pooler.transaction_seconds')! > 1.4);
    expect(seen.last('pooler.transactions')).toBe(before + 1);
    expect(seen.samples.filter(({ labels }) => labels['database'] === 'pgbouncer')).toEqual([]);
  });

  test('CPU and memory of each component', async () => {
    const cpu = seen.last('process.cpu_seconds', { component: 'database' })!;
    await using client = await connect(stack.databaseUrl('app'));
    await client.query('SELECT count(*) FROM generate_series(1, 3000000)');
    await client.end();
    // The backend is gone: its time must stay counted.
    await eventually('the CPU time', () => seen.last('process.cpu_seconds', { component: 'database' })! > cpu + 0.1);
    await eventually('the memory', () => seen.last('process.memory_bytes', { component: 'pooler' }) !== undefined);
    expect(seen.last('process.memory_bytes', { component: 'database' })).toBeGreaterThan(10 * 2 ** 20);
    expect(seen.last('process.memory_bytes', { component: 'database' })).toBeLessThan(400 * 2 ** 20);
    expect(seen.last('host.cpu_idle_share')).toBeGreaterThanOrEqual(0);
    expect(seen.last('process.cpu_seconds', { component: 'harness' })).toBeGreaterThan(0);
  });

  test("errors in the database's log are counted and kept", async () => {
    await using client = await connect(stack.databaseUrl('owner'));
    await client.query('SELECT * FROM no_such_table').catch(() => undefined);
    await eventually('the line', () =>
      seen.lines.some(
        ({ component, text }) => component === 'database' && text.includes('relation "no_such_table" does not exist'),
      ),
    );
    expect(seen.total('postgres.log_errors', { family: 'sql' })).toBeGreaterThan(0);
  });

  test("the seeds' queries, corrected, run; as written, they do not", async () => {
    await using owner = await connect(stack.databaseUrl('owner'), 'asker');
    await using other = await connect(stack.databaseUrl('app'), 'other');
    await other.query('SELECT 42 AS latest');
    const ask = async (name: string): Promise<Record<string, unknown>[]> =>
      (await owner.query(readFileSync(new URL(`./sql/seeds/${name}.sql`, import.meta.url), 'utf8'))).rows;
    expect(await ask('connections-by-role')).toContainEqual({
      role: 'app',
      application: 'other',
      state: 'idle',
      connections: '1',
      latest_query: 'SELECT 42 AS latest',
    });
    expect(await ask('sessions-by-user')).toContainEqual(
      expect.objectContaining({ role: 'app', percent_of_max_connections: expect.stringMatching(/^\d+\.\d$/) }),
    );
    expect(await ask('role-limit')).toContainEqual(
      expect.objectContaining({ role: 'app_listen', connection_limit: -1 }),
    );
    await expect(
      owner.query("SELECT STRING_AGG(query, '; ' ORDER BY backend_start DESC LIMIT 1) FROM pg_stat_activity"),
    ).rejects.toThrow('syntax error');
    await expect(owner.query('SELECT COUNT(DISTINCT backend_pid) FROM pg_stat_activity')).rejects.toThrow(
      'does not exist',
    );
  });
});

describe('a stack in trouble', () => {
  test('what only the pooler saw is in its log', async () => {
    await using stack = await start({
      pooler: { ...defaultStackSpec.pooler, poolSize: 1, queryWaitTimeoutSeconds: 1 },
    });
    const seen = recorder();
    await using _collection = await collectFrom(stack, seen);
    await using holder = await connect(stack.serviceUrl('pooler', 'app'));
    await using waiter = await connect(stack.serviceUrl('pooler', 'app'));
    await holder.query('BEGIN');
    await expect(waiter.query('SELECT 1')).rejects.toThrow('query_wait_timeout');
    await eventually('the line', () => seen.last('pooler.log_errors', { pooler: '0', family: 'pooler-wait' }) === 1);
    expect(seen.samples.find(({ series }) => series === 'pooler.log_errors')?.value).toBe(0);
    expect(
      Math.max(...seen.samples.filter(({ series }) => series === 'pooler.maxwait').map(({ value }) => value)),
    ).toBeGreaterThan(0.3);
    expect(seen.total('pooler.clients', { state: 'waiting' })).toBeGreaterThan(0);
  });

  test('a probe that comes too late says that there was no slot, and gets one when there is', async () => {
    await using stack = await start({ maxConnections: 13 });
    const held: pg.Client[] = [];
    // Sessions of the stack's own start may still be leaving: go on until a while after the first refusal.
    for (let refused = 0; refused < 5;) {
      await connect(stack.databaseUrl('listen')).then(
        (client) => void held.push(client),
        async () => {
          refused += 1;
          await sleep(100);
        },
      );
    }
    const seen = recorder();
    await using _collection = await collectFrom(stack, seen);
    await eventually('the word', () => seen.lastWord('postgres-sessions') !== undefined);
    expect(seen.lastWord('postgres-sessions')).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^Postgres refused the probe: .*(connection slots|too many clients)/),
    });
    expect(seen.samples.filter(({ series }) => series === 'postgres.sessions')).toEqual([]);
    await eventually('the pooler', () => seen.lastWord('pooler-pools')?.ok === true);
    await Promise.all(held.map((client) => client.end()));
    await eventually(
      'the probe',
      () => seen.lastWord('postgres-sessions')?.ok === true && seen.lastWord('postgres-statistics')?.ok === true,
    );
    expect(seen.lastWord('postgres-sessions')?.reason).toMatch(/^speaks again after \d+\.\d s$/);
  });

  test('a probe that was thrown out comes back, never with more than its two connections', async () => {
    await using stack = await start();
    const seen = recorder();
    await using _collection = await collectFrom(stack, seen);
    await using owner = await connect(stack.databaseUrl('owner'));
    await eventually('the sessions', () => seen.lastWord('postgres-sessions')?.ok === true);
    let most = 0;
    const losses = (): Recorded['words'] =>
      seen.words.filter(({ source, ok }) => source === 'postgres-sessions' && !ok);
    for (let round = 0; round < 3; round += 1) {
      const before = losses().length;
      await owner.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [
        probeName,
      ]);
      await eventually('the loss', () => losses().length > before);
      expect(losses()[before]?.reason).toContain('Postgres: connection lost');
      await eventually('the return', async () => {
        const { rows } = await owner.query<{ probes: number }>(
          'SELECT count(*)::int AS probes FROM pg_stat_activity WHERE application_name = $1',
          [probeName],
        );
        most = Math.max(most, rows[0]!.probes);
        return seen.lastWord('postgres-sessions')?.ok === true && rows[0]!.probes === 2;
      });
    }
    expect(most).toBe(2);
  });

  test(
    'a frozen database is lost within three seconds, and holds up neither other sources nor the end',
    { tags: 'full' },
    async () => {
      await using stack = await start();
      const seen = recorder();
      const collection = await collectFrom(stack, seen);
      const database = stack.components.find(({ name }) => name === 'database')!;
      await using owner = await connect(stack.databaseUrl('owner'));
      const { rows } = await owner.query<{ pid: number }>(
        'SELECT pid FROM pg_stat_activity WHERE application_name = $1',
        [probeName],
      );
      for (const { pid } of rows) process.kill(pid, 'SIGSTOP');
      try {
        const frozenAtMs = seen.sink.nowMs();
        await eventually('the loss', () => seen.lastWord('postgres-sessions')?.ok === false, 5000);
        expect(seen.lastWord('postgres-sessions')?.reason).toContain('no answer within 2.5 s');
        expect(
          seen.samples.filter(({ series, atMs }) => series === 'pooler.maxwait' && atMs > frozenAtMs).length,
        ).toBeGreaterThan(5);
        expect(database.usage()).not.toBeNull();
        const endsAtMs = performance.now();
        await collection[Symbol.asyncDispose]();
        expect(performance.now() - endsAtMs).toBeLessThan(5000);
      } finally {
        for (const { pid } of rows) process.kill(pid, 'SIGCONT');
      }
    },
  );

  test('a probe without pg_monitor keeps what it sees and says that it is not all', async () => {
    await using stack = await start();
    await using owner = await connect(stack.databaseUrl('owner'));
    await owner.query('REVOKE pg_monitor FROM probe; REVOKE pg_read_all_data FROM probe');
    const seen = recorder();
    await using _collection = await collectFrom(stack, seen);
    await eventually('the word', () => seen.lastWord('postgres-sessions') !== undefined);
    expect(seen.lastWord('postgres-sessions')).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/the state of \d+ sessions is hidden .* GRANT pg_monitor/),
    });
    expect(seen.total('postgres.sessions', { state: 'hidden' })).toBeGreaterThan(0);
  });

  test('a database that is killed and comes back keeps one growing CPU counter', { tags: 'full' }, async () => {
    await using stack = await start();
    const seen = recorder();
    await using _collection = await collectFrom(stack, seen);
    const database = stack.components.find(({ name }) => name === 'database')!;
    await eventually(
      'the first sample',
      () => seen.last('process.cpu_seconds', { component: 'database' }) !== undefined,
    );
    await database.kill('SIGKILL');
    await sleep(1200);
    await database.start();
    await eventually('the return', () => seen.lastWord('postgres-sessions')?.ok === true);
    await sleep(1200);
    const values = seen.samples
      .filter(({ series, labels }) => series === 'process.cpu_seconds' && labels['component'] === 'database')
      .map(({ value }) => value);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(values.length).toBeGreaterThan(2);
  });
});
