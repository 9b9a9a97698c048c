/** Each checker must find its violation, planted in a real Postgres, and nothing in a healthy database. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CheckResult } from '../result.ts';
import { defaultStackSpec } from '../stack/spec.ts';
import type { StartedStack } from '../stack/stack.ts';
import { startStack } from '../stack/start.ts';
import { createWorkspace, type Workspace } from '../system/workspace.ts';
import { loadCheckers, runCheckers } from './check.ts';
import type { Ledger, LedgerOperation, ReadQuery } from './checker.ts';
import { settle } from './settle.ts';

const migrateFile = fileURLToPath(new URL('../../target/migrate.ts', import.meta.url));
let workspace: Workspace;
let stack: StartedStack;
let logsFolder = '';
let owner: pg.Client;
let query: ReadQuery;

beforeAll(async () => {
  workspace = await createWorkspace('check test');
  logsFolder = mkdtempSync(path.join(tmpdir(), 'pgsurge-test-logs-'));
  stack = await startStack('local', defaultStackSpec, { workspace, logsFolder, log: () => undefined });
  await promisify(execFile)(process.execPath, [migrateFile], { env: { ...process.env, DATABASE_URL: stack.databaseUrl('owner'), PGSURGE_ROLES: 'app,app_listen', PGSURGE_READERS: 'probe' } });
  owner = await connect(stack.databaseUrl('owner'));
  query = async (text, values) => (await owner.query(text, values)).rows as never;
}, 60_000);

afterAll(async () => {
  await owner?.end();
  await stack?.[Symbol.asyncDispose]();
  await workspace?.[Symbol.asyncDispose]();
  rmSync(logsFolder, { recursive: true, force: true });
});

const connect = async (connectionString: string): Promise<pg.Client> => {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5000, application_name: 'service-1' });
  client.on('error', () => undefined);
  await client.connect();
  return client;
};

const jobs = 20;
const jobId = (number: number): string => `00000000-0000-0000-0000-${String(number).padStart(12, '0')}`;

/** A database as a healthy run leaves it: jobs of two tasks each, their effects, events, ticks, and notes. */
const healthyRows = `
  TRUNCATE tenants, jobs, tasks, task_effects, task_transitions, notes, outbox, outbox_deliveries, cron_schedules, schedule_ticks RESTART IDENTITY CASCADE;
  INSERT INTO tenants (id, name) VALUES ('tenant-1', 'tenant-1');
  INSERT INTO jobs (id, key, tenant_id, title, pages, payload)
    SELECT ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, 'job-' || n, 'tenant-1', 'Crawl ' || n, 2, 'payload-' || n FROM generate_series(1, ${jobs}) AS n;
  INSERT INTO tasks (job_id, url, status) SELECT id, 'https://example.test/' || page, 'pending' FROM jobs, generate_series(1, 2) AS page;
  UPDATE tasks SET status = 'running', fence = 1, attempts = 1, started_at = now(), lease_until = now() + interval '10 seconds';
  INSERT INTO task_effects (task_id, fence) SELECT id, 1 FROM tasks;
  UPDATE tasks SET status = 'completed', finished_at = now(), lease_until = NULL;
  UPDATE jobs SET status = 'completed', finished_at = now(), event_sequence = 2;
  INSERT INTO outbox (key, sequence, payload, delivered_at) SELECT id::text, sequence, '{}', now() FROM jobs, generate_series(1, 2) AS sequence ORDER BY sequence;
  INSERT INTO outbox_deliveries (outbox_id, key, sequence, listener) SELECT id, key, sequence, 'listener-1' FROM outbox ORDER BY id;
  INSERT INTO notes (key, tenant_id, body) SELECT 'note-' || n, 'tenant-1', 'note ' || n FROM generate_series(1, ${jobs}) AS n;
  INSERT INTO cron_schedules (queue_name, workspace_id, interval_seconds, next_tick_at) VALUES ('memo', 'system', 10, now() + interval '60 seconds');
  INSERT INTO schedule_ticks (schedule_id, queue_name, due_at) SELECT 1, 'memo', date_trunc('second', now()) + make_interval(secs => 10 * n) FROM generate_series(1, 6) AS n;`;

const job = (number: number, changed: Partial<LedgerOperation> = {}): LedgerOperation => ({
  key: `job-${number}`, operation: 'createJob', content: { tenant: 'tenant-1', title: `Crawl ${number}`, pages: 2, payload: `payload-${number}` },
  invokedAtMs: number, outcome: 'ok', id: jobId(number), completedAtMs: number + 5, ...changed,
});
const note = (number: number, changed: Partial<LedgerOperation> = {}): LedgerOperation => ({
  key: `note-${number}`, operation: 'putNote', content: { tenant: 'tenant-1', body: `note ${number}` },
  invokedAtMs: number, outcome: 'ok', id: null, completedAtMs: number + 5, ...changed,
});
const numbers = Array.from({ length: jobs }, (_, index) => index + 1);
const healthyLedger = (): LedgerOperation[] => [...numbers.map((number) => job(number)), ...numbers.map((number) => note(number))];

const check = async (operations = healthyLedger(), options: { unreadable?: number; expectedDrained?: boolean } = {}): Promise<Map<string, CheckResult>> => {
  const ledger: Ledger = { operations, unreadable: options.unreadable ?? 0 };
  const results = await runCheckers({ ledger, query, expectedDrained: options.expectedDrained ?? true });
  return new Map(results.map((result) => [result.id, result]));
};
const violated = (results: Map<string, CheckResult>): string[] => [...results.values()].filter(({ status }) => status === 'violated').map(({ id }) => id).sort();

beforeEach(async () => { await owner.query(healthyRows); });

describe('a healthy database', () => {
  test('every checker examines something and finds nothing', async () => {
    const results = await check();
    expect([...results.values()].filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(results.get('acknowledged-writes')?.counts).toEqual({ 'acknowledged jobs present': jobs, 'acknowledged notes present': jobs });
  });

  test('without rows nothing is proved', async () => {
    await owner.query('TRUNCATE tenants, jobs, tasks, task_effects, task_transitions, notes, outbox, outbox_deliveries, cron_schedules, schedule_ticks CASCADE');
    const results = await check([]);
    expect(results.get('acknowledged-writes')).toMatchObject({ status: 'inconclusive', reason: expect.stringContaining('') });
    for (const id of ['task-effects', 'job-counters', 'status-transitions', 'outbox-delivery', 'schedule-ticks', 'stuck-tasks']) expect(results.get(id)?.status).toBe('inconclusive');
  });

  test('a ledger with torn lines in the middle leaves what reads it inconclusive; one torn line does not', async () => {
    expect((await check(healthyLedger(), { unreadable: 1 })).get('acknowledged-writes')?.status).toBe('ok');
    const results = await check(healthyLedger(), { unreadable: 2 });
    expect(results.get('acknowledged-writes')?.status).toBe('inconclusive');
    expect(results.get('task-effects')?.status).toBe('ok');
  });

  test('what moves while it is read is read again; what moves twice is not known', async () => {
    let times = 1;
    const writing: ReadQuery = async (text, values) => {
      if (text.includes('FROM task_effects JOIN') && times > 0) {
        times -= 1;
        await owner.query(`UPDATE notes SET version = version + 1 WHERE key = 'note-1'`);
      }
      return query(text, values);
    };
    const checkWhileWriting = (expectedDrained: boolean): Promise<CheckResult[]> => runCheckers({ ledger: { operations: healthyLedger(), unreadable: 0 }, query: writing, expectedDrained });
    expect((await checkWhileWriting(true)).map(({ status }) => status)).not.toContain('inconclusive');
    times = 2;
    expect(new Set((await checkWhileWriting(true)).map(({ status }) => status))).toEqual(new Set(['inconclusive']));
    times = 2;
    expect((await checkWhileWriting(false)).map(({ status }) => status)).not.toContain('inconclusive');
  });

  test('a checker that throws is inconclusive with its message', async () => {
    const [result] = await runCheckers({ ledger: { operations: [], unreadable: 0 }, query, expectedDrained: true }, [
      { id: 'broken', title: 'broken', invariant: 'I1', check: () => query('SELECT * FROM nowhere').then(() => ({ examined: 1, violations: 0, reason: '', examples: [] })) },
    ]);
    expect(result).toMatchObject({ status: 'inconclusive', reason: expect.stringContaining('nowhere') });
  });
});

describe('the ledger against the database', () => {
  test('a lost acknowledged write', async () => {
    await owner.query(`DELETE FROM notes WHERE key = 'note-7'`);
    const results = await check();
    expect(violated(results)).toEqual(['acknowledged-writes']);
    expect(results.get('acknowledged-writes')).toMatchObject({ violations: 1, examined: 2 * jobs, examples: ['notes: note-7 is missing'] });
  });

  test('a table that is gone has lost all that was acknowledged in it', async () => {
    await owner.query('ALTER TABLE notes RENAME TO notes_gone');
    const results = await check().finally(() => owner.query('ALTER TABLE notes_gone RENAME TO notes'));
    expect(results.get('acknowledged-writes')).toMatchObject({ status: 'violated', violations: jobs, examples: expect.arrayContaining(['notes: note-1 is missing']) as string[] });
  });

  test('an acknowledged write that is different', async () => {
    await owner.query(`UPDATE jobs SET title = 'Another' WHERE key = 'job-3'`);
    const results = await check();
    expect(violated(results)).toEqual(['acknowledged-writes']);
    expect(results.get('acknowledged-writes')?.examples[0]).toBe('jobs: job-3: title is "Another", asked for "Crawl 3"');
  });

  test('an id that was acknowledged and is not the row\'s', async () => {
    const results = await check(healthyLedger().map((one) => (one.key === 'job-4' ? { ...one, id: jobId(999) } : one)));
    expect(results.get('acknowledged-writes')).toMatchObject({ status: 'violated', violations: 1 });
  });

  test('a row that nobody asked for, and one that was said to have failed', async () => {
    await owner.query(`INSERT INTO notes (key, tenant_id, body) VALUES ('from-nowhere', 'tenant-1', 'x')`);
    const results = await check(healthyLedger().map((one) => (one.key === 'note-2' ? { ...one, outcome: 'fail' as const } : one)));
    expect(violated(results)).toEqual(['unattempted-writes']);
    expect(results.get('unattempted-writes')?.violations).toBe(2);
  });

  test('an unknown outcome that is there, and one that is not, are counted and no violation', async () => {
    const results = await check([
      ...healthyLedger().map((one) => (one.key === 'note-5' ? { ...one, outcome: 'unknown' as const, completedAtMs: null } : one)), note(99, { outcome: 'unknown', completedAtMs: null })]);
    expect(violated(results)).toEqual([]);
    expect(results.get('recovered-writes')?.counts).toEqual({ unknown: 2, recovered: 1 });
  });

  test('a note written again may hold any write that was not surely overwritten', async () => {
    const twice = (outcome: LedgerOperation['outcome']): LedgerOperation[] => [...healthyLedger(), note(6, { content: { tenant: 'tenant-1', body: 'second' }, invokedAtMs: 100, completedAtMs: outcome === 'unknown' ? null : 105, outcome })];
    expect(violated(await check(twice('unknown')))).toEqual([]);
    expect(violated(await check(twice('ok')))).toEqual(['acknowledged-writes']);
    await owner.query(`UPDATE notes SET body = 'second' WHERE key = 'note-6'`);
    expect(violated(await check(twice('ok')))).toEqual([]);
    expect(violated(await check(twice('unknown')))).toEqual([]);
  });
});

describe('planted violations', () => {
  const planted: [id: string, name: string, sql: string, expected: string[]][] = [
    ['task-effects', 'an effect twice', 'INSERT INTO task_effects (task_id, fence) VALUES (3, 1)', ['task-effects']],
    ['task-effects', 'an effect missing', 'DELETE FROM task_effects WHERE task_id = 3', ['task-effects']],
    ['jobs-end', 'an acknowledged job that never ends', `UPDATE jobs SET status = 'running' WHERE key = 'job-1'`, ['jobs-end']],
    ['overlapping-attempts', 'a claim on top of another', `INSERT INTO task_transitions (task_id, from_status, to_status, fence) VALUES (3, 'running', 'running', 2); UPDATE tasks SET attempts = 2 WHERE id = 3; DELETE FROM task_transitions WHERE from_status = 'completed'`, ['overlapping-attempts']],
    ['overlapping-attempts', 'a stale claim that completed', 'UPDATE task_effects SET fence = 0 WHERE task_id = 3', ['overlapping-attempts']],
    ['job-counters', 'a counter that drifted', `UPDATE jobs SET completed_tasks = completed_tasks + 1 WHERE key = 'job-9'`, ['job-counters']],
    ['status-transitions', 'an end that was left', `INSERT INTO task_transitions (task_id, from_status, to_status, fence) VALUES (3, 'completed', 'pending', 1)`, ['status-transitions']],
    ['status-transitions', 'completed twice', `UPDATE tasks SET result = 'again' WHERE id = 3`, ['status-transitions']],
    ['schedule-ticks', 'a tick dispatched twice', 'ALTER TABLE schedule_ticks DROP CONSTRAINT IF EXISTS x; INSERT INTO schedule_ticks (schedule_id, queue_name, due_at) SELECT 1, \'memo\', due_at + interval \'1 microsecond\' FROM schedule_ticks LIMIT 1', ['schedule-ticks']],
    ['schedule-ticks', 'a tick passed over', 'DELETE FROM schedule_ticks WHERE id = 3', ['schedule-ticks']],
    ['outbox-delivery', 'an event marked and never received', 'DELETE FROM outbox_deliveries WHERE outbox_id = 3', ['outbox-delivery']],
    ['outbox-delivery', 'an event never delivered', `INSERT INTO outbox (key, sequence, payload) VALUES ('k', 1, '{}')`, ['outbox-delivery']],
    ['outbox-delivery', 'events out of order', `INSERT INTO outbox_deliveries (outbox_id, key, sequence, listener) VALUES (9001, 'k', 2, 'l'), (9002, 'k', 1, 'l')`, ['outbox-delivery']],
    ['attempt-counts', 'attempts that were not claims', `UPDATE tasks SET attempts = 7 WHERE id = 3; DELETE FROM task_transitions WHERE from_status = 'completed'`, ['attempt-counts']],
    ['durable-tables', 'a table that a crash would empty', 'ALTER TABLE task_effects SET UNLOGGED', ['durable-tables']],
  ];
  test.each(planted)('%s finds %s', async (id, _name, sql, expected) => {
    await owner.query(sql);
    const results = await check();
    if (id === 'durable-tables') await owner.query('ALTER TABLE task_effects SET LOGGED');
    expect(violated(results)).toEqual(expected);
    expect(results.get(id)?.examples.length).toBeGreaterThan(0);
  });

  test('stuck-tasks finds a task without a lease, one that waits past its time, one that nobody takes', async () => {
    await owner.query(`
      UPDATE tasks SET status = 'running', lease_until = now() - interval '1 minute' WHERE id = 1;
      UPDATE tasks SET status = 'waiting', due_at = now() - interval '1 minute' WHERE id = 2;
      UPDATE tasks SET status = 'pending', due_at = now() - interval '1 minute' WHERE id = 3;`);
    expect((await check()).get('stuck-tasks')).toMatchObject({ status: 'violated', violations: 6 });
    expect((await check(healthyLedger(), { expectedDrained: false })).get('stuck-tasks')).toMatchObject({ status: 'violated', violations: 3 });
  });

  test('a backlog is no violation where none was to be drained', async () => {
    await owner.query(`UPDATE tasks SET status = 'running', lease_until = now() + interval '1 minute' WHERE id = 1; UPDATE jobs SET status = 'running' WHERE id = (SELECT job_id FROM tasks WHERE id = 1)`);
    expect((await check(healthyLedger(), { expectedDrained: false })).get('jobs-end')?.status).toBe('ok');
    expect((await check()).get('jobs-end')?.status).toBe('violated');
  });

  test('resources-return finds a session idle in transaction and a lock that was kept', async () => {
    const session = await connect(stack.databaseUrl('app'));
    const locker = await connect(stack.databaseUrl('app'));
    await session.query('BEGIN; SELECT 1');
    await locker.query('SELECT pg_advisory_lock(42)');
    await new Promise((resolve) => setTimeout(resolve, 1300));
    const found = (await check()).get('resources-return');
    expect(found).toMatchObject({ status: 'violated', violations: 2 });
    expect(found?.examples.join()).toContain('idle in transaction');
    expect(found?.examples.join()).toContain('advisory lock');
    await Promise.all([session.end(), locker.end()]);
  });
});

describe('the size of a night', () => {
  test('100,000 tasks take a checker a second or so', async () => {
    await owner.query('ALTER TABLE tasks DISABLE TRIGGER USER');
    await owner.query(`
      INSERT INTO jobs (key, tenant_id, title, pages, payload, status) SELECT 'big-' || n, 'tenant-1', 'Crawl', 4, '', 'completed' FROM generate_series(1, 25000) AS n;
      INSERT INTO tasks (job_id, url, status, fence, attempts) SELECT id, 'u', 'completed', 1, 1 FROM jobs, generate_series(1, 4) WHERE key LIKE 'big-%';
      UPDATE jobs SET total_tasks = 4, completed_tasks = 4 WHERE key LIKE 'big-%';
      INSERT INTO task_effects (task_id, fence) SELECT id, 1 FROM tasks WHERE url = 'u';
      INSERT INTO task_transitions (task_id, from_status, to_status, fence) SELECT id, f, t, 1 FROM tasks, (VALUES (NULL, 'pending'), ('pending', 'running'), ('running', 'completed')) AS moves (f, t) WHERE url = 'u';
      INSERT INTO outbox (key, sequence, payload, delivered_at) SELECT id::text, 1, '{}', now() FROM jobs WHERE key LIKE 'big-%';
      INSERT INTO outbox_deliveries (outbox_id, key, sequence, listener) SELECT id, key, sequence, 'l' FROM outbox WHERE id > ${2 * jobs};
      ANALYZE`);
    await owner.query('ALTER TABLE tasks ENABLE TRIGGER USER');
    const operations = [...healthyLedger(), ...Array.from({ length: 25000 }, (_, index) => ({ ...job(1), key: `big-${index + 1}`, id: null, content: { tenant: 'tenant-1', title: 'Crawl', pages: 4, payload: '' } }))];
    const slow: [string, number][] = [];
    for (const checker of await loadCheckers()) {
      const startedAt = performance.now();
      const [result] = await runCheckers({ ledger: { operations, unreadable: 0 }, query, expectedDrained: true }, [checker]);
      if (performance.now() - startedAt > 2000) slow.push([checker.id, performance.now() - startedAt]);
      expect(result).toMatchObject({ id: checker.id, status: 'ok' });
    }
    expect(slow).toEqual([]);
  }, 60_000);
});

describe('the settle gate', () => {
  const options = (limitMs: number): Parameters<typeof settle>[0] => ({ query, poolerAdminUrls: stack.poolers.map(({ adminUrl }) => adminUrl), limitMs });

  test('nothing under way: settled and drained at once', async () => {
    expect(await settle(options(5000))).toMatchObject({ settled: true, drained: true });
  });

  test('a backend that outlived its client is waited for', async () => {
    const client = await connect(stack.databaseUrl('app'));
    const running = client.query('SELECT pg_sleep(1.5)');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const settled = await settle(options(5000));
    expect(settled.settled).toBe(true);
    expect(settled.waitedMs).toBeGreaterThan(700);
    await running;
    await client.end();
  });

  test('a server connection of the pooler in use is waited for, and named when the limit comes first', async () => {
    const client = await connect(stack.serviceUrl('pooler', 'app'));
    await client.query('BEGIN');
    expect(await settle(options(600))).toMatchObject({ settled: false, reason: expect.stringMatching(/pooler|idle in transaction/) });
    await client.query('ROLLBACK');
    await client.end();
    expect((await settle(options(5000))).settled).toBe(true);
  });

  test('an open job: quiet, but not drained', async () => {
    await owner.query(`UPDATE jobs SET status = 'running' WHERE key = 'job-1'`);
    expect(await settle(options(500))).toMatchObject({ settled: true, drained: false, reason: expect.stringContaining('1 jobs not ended') });
  });

  test('a database that cannot be asked is not settled', async () => {
    expect(await settle({ ...options(400), query: () => Promise.reject(new Error('gone')) })).toMatchObject({ settled: false, reason: expect.stringContaining('gone') });
  });
});
