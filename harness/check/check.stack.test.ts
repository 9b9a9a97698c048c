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
import type { ReadQuery } from './checker.ts';
import type { Ledger, LedgerOperation } from '../load/ledger.ts';
import { settle, stallMsOf } from './settle.ts';

const migrateFile = fileURLToPath(new URL('../../service/migrate.ts', import.meta.url));
let workspace: Workspace;
let stack: StartedStack;
let logsFolder = '';
let owner: pg.Client;
/** A session of the service at rest. */
let resting: pg.Client;
let query: ReadQuery;

beforeAll(async () => {
  workspace = await createWorkspace('check test');
  logsFolder = mkdtempSync(path.join(tmpdir(), 'pgsurge-test-logs-'));
  stack = await startStack('local', defaultStackSpec, { workspace, logsFolder, log: () => undefined });
  await promisify(execFile)(process.execPath, [migrateFile], {
    env: {
      ...process.env,
      DATABASE_URL: stack.databaseUrl('owner'),
      PGSURGE_ROLES: 'app,app_listen',
      PGSURGE_READERS: 'probe',
    },
  });
  owner = await connect(stack.databaseUrl('owner'));
  resting = await connect(stack.databaseUrl('app'));
  query = async (text, values) => (await owner.query(text, values)).rows as never;
}, 60_000);

afterAll(async () => {
  await resting?.end();
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
  TRUNCATE tenants, jobs, tasks, task_effects, task_transitions, notes, outbox, outbox_deliveries, cron_schedules, schedule_ticks, workers RESTART IDENTITY CASCADE;
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
  key: `job-${number}`,
  operation: 'createJob',
  content: { tenant: 'tenant-1', title: `Crawl ${number}`, pages: 2, payload: `payload-${number}` },
  invokedAtMs: number,
  outcome: 'ok',
  id: jobId(number),
  completedAtMs: number + 5,
  ...changed,
});
const note = (number: number, changed: Partial<LedgerOperation> = {}): LedgerOperation => ({
  key: `note-${number}`,
  operation: 'putNote',
  content: { tenant: 'tenant-1', body: `note ${number}` },
  invokedAtMs: number,
  outcome: 'ok',
  id: null,
  completedAtMs: number + 5,
  ...changed,
});
const settings = { scheduleManagerIntervalSeconds: 10, scheduleLookaheadSeconds: 60 };
const numbers = Array.from({ length: jobs }, (_, index) => index + 1);
const healthyLedger = (): LedgerOperation[] => [
  ...numbers.map((number) => job(number)),
  ...numbers.map((number) => note(number)),
];

const check = async (
  operations = healthyLedger(),
  options: { unreadable?: number; unsettled?: string } = {},
): Promise<Map<string, CheckResult>> => {
  const ledger: Ledger = { operations, unreadable: options.unreadable ?? 0 };
  const results = await runCheckers({ ledger, query, unsettled: options.unsettled ?? null, settings });
  return new Map(results.map((result) => [result.id, result]));
};
/** The checkers that prove something only of work that has ended. */
const needDrain = ['jobs-end', 'outbox-delivery', 'stuck-tasks'];
const violated = (results: Map<string, CheckResult>): string[] =>
  [...results.values()]
    .filter(({ status }) => status === 'violated')
    .map(({ id }) => id)
    .sort();

beforeEach(async () => {
  await owner.query(healthyRows);
});

describe('a healthy database', () => {
  test('every checker examines something and finds nothing', async () => {
    const results = await check();
    expect([...results.values()].filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(results.get('acknowledged-writes')?.counts).toEqual({
      'acknowledged jobs present': jobs,
      'acknowledged notes present': jobs,
    });
  });

  test('without rows nothing is proved', async () => {
    await owner.query(
      'TRUNCATE tenants, jobs, tasks, task_effects, task_transitions, notes, outbox, outbox_deliveries, ' +
        'cron_schedules, schedule_ticks CASCADE',
    );
    const results = await check([]);
    expect(results.get('acknowledged-writes')).toMatchObject({
      status: 'inconclusive',
      reason: expect.stringContaining(''),
    });
    for (const id of [
      'task-effects',
      'job-counters',
      'status-transitions',
      'outbox-delivery',
      'schedule-ticks',
      'stuck-tasks',
    ])
      expect(results.get(id)?.status).toBe('inconclusive');
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
    const checkWhileWriting = (unsettled: string | null): Promise<CheckResult[]> =>
      runCheckers({ ledger: { operations: healthyLedger(), unreadable: 0 }, query: writing, unsettled, settings });
    expect((await checkWhileWriting(null)).map(({ status }) => status)).not.toContain('inconclusive');
    times = 2;
    expect(new Set((await checkWhileWriting(null)).map(({ status }) => status))).toEqual(new Set(['inconclusive']));
    times = 2;
    // Where it is known to move, the others are judged on what there is.
    expect(
      (await checkWhileWriting('work still moves'))
        .filter(({ status }) => status === 'inconclusive')
        .map(({ id }) => id)
        .sort(),
    ).toEqual(needDrain);
  });

  test('a checker that throws is inconclusive with its message', async () => {
    const [result] = await runCheckers(
      { ledger: { operations: [], unreadable: 0 }, query, unsettled: null, settings },
      [
        {
          id: 'broken',
          title: 'broken',
          invariant: 'I1',
          check: () =>
            query('SELECT * FROM nowhere').then(() => ({ examined: 1, violations: 0, reason: '', examples: [] })),
        },
      ],
    );
    expect(result).toMatchObject({ status: 'inconclusive', reason: expect.stringContaining('nowhere') });
  });
});

describe('the ledger against the database', () => {
  test('a lost acknowledged write', async () => {
    await owner.query(`DELETE FROM notes WHERE key = 'note-7'`);
    const results = await check();
    expect(violated(results)).toEqual(['acknowledged-writes']);
    expect(results.get('acknowledged-writes')).toMatchObject({
      violations: 1,
      examined: 2 * jobs,
      examples: ['notes: note-7 is missing'],
    });
  });

  test('a table that is gone has lost all that was acknowledged in it', async () => {
    await owner.query('ALTER TABLE notes RENAME TO notes_gone');
    const results = await check().finally(() => owner.query('ALTER TABLE notes_gone RENAME TO notes'));
    expect(results.get('acknowledged-writes')).toMatchObject({
      status: 'violated',
      violations: jobs,
      examples: expect.arrayContaining(['notes: note-1 is missing']) as string[],
    });
  });

  test('an acknowledged write that is different', async () => {
    await owner.query(`UPDATE jobs SET title = 'Another' WHERE key = 'job-3'`);
    const results = await check();
    expect(violated(results)).toEqual(['acknowledged-writes']);
    expect(results.get('acknowledged-writes')?.examples[0]).toBe(
      'jobs: job-3: title is "Another", asked for "Crawl 3"',
    );
  });

  test("an id that was acknowledged and is not the row's", async () => {
    const results = await check(healthyLedger().map((one) => (one.key === 'job-4' ? { ...one, id: jobId(999) } : one)));
    expect(results.get('acknowledged-writes')).toMatchObject({ status: 'violated', violations: 1 });
  });

  test('a row that nobody asked for, and one that was said to have failed', async () => {
    await owner.query(`INSERT INTO notes (key, tenant_id, body) VALUES ('from-nowhere', 'tenant-1', 'x')`);
    const results = await check(
      healthyLedger().map((one) => (one.key === 'note-2' ? { ...one, outcome: 'fail' as const } : one)),
    );
    expect(violated(results)).toEqual(['unattempted-writes']);
    expect(results.get('unattempted-writes')?.violations).toBe(2);
  });

  test('an unknown outcome that is there, and one that is not, are counted and no violation', async () => {
    const results = await check([
      ...healthyLedger().map((one) =>
        one.key === 'note-5' ? { ...one, outcome: 'unknown' as const, completedAtMs: null } : one,
      ),
      note(99, { outcome: 'unknown', completedAtMs: null }),
    ]);
    expect(violated(results)).toEqual([]);
    expect(results.get('recovered-writes')?.counts).toEqual({ unknown: 2, recovered: 1 });
  });

  test('a note written again may hold any write that was not surely overwritten', async () => {
    const twice = (outcome: LedgerOperation['outcome']): LedgerOperation[] => [
      ...healthyLedger(),
      note(6, {
        content: { tenant: 'tenant-1', body: 'second' },
        invokedAtMs: 100,
        completedAtMs: outcome === 'unknown' ? null : 105,
        outcome,
      }),
    ];
    expect(violated(await check(twice('unknown')))).toEqual([]);
    expect(violated(await check(twice('ok')))).toEqual(['acknowledged-writes']);
    await owner.query(`UPDATE notes SET body = 'second' WHERE key = 'note-6'`);
    expect(violated(await check(twice('ok')))).toEqual([]);
    expect(violated(await check(twice('unknown')))).toEqual([]);
  });
});

describe('planted violations', () => {
  const withoutTasks = `DELETE FROM task_effects USING tasks WHERE task_id = tasks.id AND job_id = '${jobId(1)}'; DELETE FROM tasks WHERE job_id = '${jobId(1)}';
    UPDATE jobs SET total_tasks = 0, completed_tasks = 0 WHERE key = 'job-1'`;
  /** Task 3 is as new, and then claimed; claimed again by another worker and completed by that one. */
  const claimed = `ALTER TABLE tasks DISABLE TRIGGER USER; DELETE FROM task_transitions WHERE task_id = 3; DELETE FROM task_effects WHERE task_id = 3;
    UPDATE tasks SET status = 'pending', fence = 0, attempts = 0, finished_at = NULL WHERE id = 3; ALTER TABLE tasks ENABLE TRIGGER USER;
    UPDATE jobs SET completed_tasks = completed_tasks - 1, pending_tasks = 1 WHERE id = (SELECT job_id FROM tasks WHERE id = 3);
    UPDATE tasks SET status = 'running', fence = 1, attempts = 1, claimed_by = 'queue-worker-1-1', lease_until = clock_timestamp() + interval '3 seconds' WHERE id = 3`;
  const claimedAgain = `UPDATE tasks SET status = 'running', fence = 2, attempts = 2, claimed_by = 'queue-worker-2-1', lease_until = clock_timestamp() + interval '3 seconds' WHERE id = 3;
    INSERT INTO task_effects (task_id, fence) VALUES (3, 2); UPDATE tasks SET status = 'completed', finished_at = now(), lease_until = NULL WHERE id = 3`;
  const planted: [id: string, name: string, sql: string, expected: string[]][] = [
    ['task-effects', 'an effect twice', 'INSERT INTO task_effects (task_id, fence) VALUES (3, 1)', ['task-effects']],
    ['task-effects', 'an effect missing', 'DELETE FROM task_effects WHERE task_id = 3', ['task-effects']],
    [
      'jobs-end',
      'an acknowledged job that never ends',
      `UPDATE jobs SET status = 'running' WHERE key = 'job-1'`,
      ['jobs-end'],
    ],
    [
      'overlapping-attempts',
      'a claim on top of another',
      "INSERT INTO task_transitions (task_id, from_status, to_status, fence) VALUES (3, 'running', " +
        "'running', 2); UPDATE tasks SET attempts = 2 WHERE id = 3; DELETE FROM task_transitions WHERE " +
        "from_status = 'completed'",
      ['overlapping-attempts'],
    ],
    [
      'jobs-end',
      'an acknowledged job that was never begun',
      `UPDATE jobs SET status = 'queued' WHERE key = 'job-1'; ${withoutTasks}`,
      ['jobs-end'],
    ],
    ['jobs-end', 'a job that ended and was never begun', withoutTasks, ['jobs-end']],
    [
      'jobs-end',
      'an acknowledged job that failed',
      `UPDATE jobs SET status = 'failed', error_message = 'no progress for 30 minutes' WHERE key = 'job-1'`,
      ['jobs-end'],
    ],
    [
      'overlapping-attempts',
      'a task taken back while its lease held',
      `${claimed}; UPDATE tasks SET status = 'pending', claimed_by = NULL, lease_until = NULL WHERE id = ` +
        `3; ${claimedAgain}`,
      ['overlapping-attempts'],
    ],
    [
      'overlapping-attempts',
      'a stale claim that completed',
      'UPDATE task_effects SET fence = 0 WHERE task_id = 3',
      ['overlapping-attempts'],
    ],
    [
      'job-counters',
      'a counter that drifted',
      `UPDATE jobs SET completed_tasks = completed_tasks + 1 WHERE key = 'job-9'`,
      ['job-counters'],
    ],
    [
      'status-transitions',
      'an end that was left',
      `INSERT INTO task_transitions (task_id, from_status, to_status, fence) VALUES (3, 'completed', 'pending', 1)`,
      ['status-transitions'],
    ],
    ['status-transitions', 'completed twice', `UPDATE tasks SET result = 'again' WHERE id = 3`, ['status-transitions']],
    [
      'schedule-ticks',
      'a tick dispatched twice',
      'ALTER TABLE schedule_ticks DROP CONSTRAINT IF EXISTS x; INSERT INTO schedule_ticks (schedule_id, ' +
        "queue_name, due_at) SELECT 1, 'memo', due_at + interval '1 microsecond' FROM schedule_ticks LIMIT 1",
      ['schedule-ticks'],
    ],
    ['schedule-ticks', 'a tick passed over', 'DELETE FROM schedule_ticks WHERE id = 3', ['schedule-ticks']],
    [
      'schedule-ticks',
      'a tick skipped by a later pass that came in time for it',
      'DELETE FROM schedule_ticks WHERE id = 3; UPDATE schedule_ticks SET dispatched_at = dispatched_at - ' +
        "interval '20 seconds' WHERE id < 3",
      ['schedule-ticks'],
    ],
    [
      'outbox-delivery',
      'an event marked and never received',
      'DELETE FROM outbox_deliveries WHERE outbox_id = 3',
      ['outbox-delivery'],
    ],
    [
      'outbox-delivery',
      'an event never delivered',
      `INSERT INTO outbox (key, sequence, payload) VALUES ('k', 1, '{}')`,
      ['outbox-delivery'],
    ],
    [
      'outbox-delivery',
      'events out of order',
      "INSERT INTO outbox_deliveries (outbox_id, key, sequence, listener) VALUES (9001, 'k', 2, 'l'), " +
        "(9002, 'k', 1, 'l')",
      ['outbox-delivery'],
    ],
    [
      'attempt-counts',
      'attempts that were not claims',
      `UPDATE tasks SET attempts = 7 WHERE id = 3; DELETE FROM task_transitions WHERE from_status = 'completed'`,
      ['attempt-counts'],
    ],
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
    expect((await check(healthyLedger(), { unsettled: 'work still moves' })).get('stuck-tasks')).toMatchObject({
      status: 'violated',
      violations: 3,
    });
  });

  test('while work still moves, open work is no violation, and nothing is proved by it either', async () => {
    await owner.query(
      "UPDATE jobs SET status = 'running' WHERE key = 'job-1'; INSERT INTO outbox (key, sequence, payload) " +
        "VALUES ('k', 1, '{}')",
    );
    const results = await check(healthyLedger(), { unsettled: 'after 20 s: 1 jobs not ended, and work still moves' });
    expect(
      [...results.values()]
        .filter(({ status }) => status !== 'ok')
        .map(({ id, status, reason }) => [id, status, reason.includes('work still moves')])
        .sort(),
    ).toEqual(needDrain.map((id) => [id, 'inconclusive', true]));
    expect(results.get('jobs-end')?.counts).toEqual({ completed: jobs - 1, failed: 0, open: 1 });
    expect(violated(await check())).toEqual(['jobs-end', 'outbox-delivery']);
    await owner.query(`UPDATE jobs SET status = 'failed', error_message = 'given up' WHERE key = 'job-2'`);
    expect((await check(healthyLedger(), { unsettled: 'work still moves' })).get('jobs-end')).toMatchObject({
      status: 'violated',
      examples: ['job-2 failed: given up'],
    });
  });

  test('a worker that gives its own claim back, and a lease that ran out, overlap with nothing', async () => {
    await owner.query(
      `${claimed}; UPDATE tasks SET status = 'pending', lease_until = NULL WHERE id = 3; ${claimedAgain}`,
    );
    expect(violated(await check())).toEqual([]);
    await owner.query(
      `${claimed}; UPDATE tasks SET lease_until = clock_timestamp() WHERE id = 3; UPDATE tasks SET status ` +
        `= 'pending', claimed_by = NULL, lease_until = NULL WHERE id = 3; ${claimedAgain}`,
    );
    expect(violated(await check())).toEqual([]);
    expect(
      (await query('SELECT held_by, given_back FROM task_transitions WHERE held_by IS NOT NULL ORDER BY id'))[0],
    ).toEqual({ held_by: 'queue-worker-1-1', given_back: false });
  });

  test('a release from before leases were recorded is judged without them', async () => {
    await owner.query(
      `${claimed}; UPDATE tasks SET status = 'pending', claimed_by = NULL, lease_until = NULL WHERE id = ` +
        `3; ${claimedAgain}; ALTER TABLE task_transitions RENAME held_until TO not_yet`,
    );
    const results = await check().finally(() =>
      owner.query('ALTER TABLE task_transitions RENAME not_yet TO held_until'),
    );
    expect(results.get('overlapping-attempts')?.status).toBe('ok');
  });

  test('ticks missed while nothing ran are no gap: the pass after it found them past', async () => {
    await owner.query(`DELETE FROM schedule_ticks WHERE id = 3; UPDATE schedule_ticks SET due_at = due_at - interval '60 seconds', dispatched_at = dispatched_at - interval '90 seconds' WHERE id < 3;
      UPDATE schedule_ticks SET due_at = due_at - interval '40 seconds', dispatched_at = dispatched_at - interval '5 seconds' WHERE id > 3`);
    expect((await check()).get('schedule-ticks')).toMatchObject({ status: 'ok', examined: 5 });
  });

  test('schedules without a tick prove nothing once a manager was up for longer than to its first pass', async () => {
    await owner.query(
      'TRUNCATE schedule_ticks; UPDATE cron_schedules SET next_tick_at = now(); INSERT INTO workers (name, ' +
        "kind, replica, started_at) VALUES ('schedule-manager-1', 'schedule-manager', 1, now() - interval '5 " +
        "seconds')",
    );
    expect((await check()).get('schedule-ticks')).toMatchObject({
      status: 'ok',
      examined: 1,
      reason: expect.stringContaining('no tick was due yet') as string,
    });
    await owner.query(`UPDATE workers SET started_at = now() - interval '13 seconds'`);
    expect((await check()).get('schedule-ticks')).toMatchObject({
      status: 'inconclusive',
      examined: 0,
      empty: true,
      reason: 'no tick was ever dispatched',
    });
    await owner.query(`UPDATE cron_schedules SET next_tick_at = now() + interval '1 hour'`);
    expect((await check()).get('schedule-ticks')?.status).toBe('ok');
  });

  test('resources-return proves nothing where no session of the service is left to look at', async () => {
    await resting.end();
    const alone = await check().finally(async () => {
      resting = await connect(stack.databaseUrl('app'));
    });
    expect(alone.get('resources-return')).toMatchObject({ status: 'inconclusive', examined: 0 });
    expect((await check()).get('resources-return')).toMatchObject({ status: 'ok', examined: 1 });
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
  test('100,000 tasks take a checker a second or so', { tags: 'full', timeout: 60_000 }, async () => {
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
    const operations = [
      ...healthyLedger(),
      ...Array.from({ length: 25000 }, (_, index) => ({
        ...job(1),
        key: `big-${index + 1}`,
        id: null,
        content: { tenant: 'tenant-1', title: 'Crawl', pages: 4, payload: '' },
      })),
    ];
    const slow: [string, number][] = [];
    for (const checker of await loadCheckers()) {
      const startedAt = performance.now();
      const [result] = await runCheckers({ ledger: { operations, unreadable: 0 }, query, unsettled: null, settings }, [
        checker,
      ]);
      if (performance.now() - startedAt > 2000) slow.push([checker.id, performance.now() - startedAt]);
      expect(result).toMatchObject({ id: checker.id, status: 'ok' });
    }
    expect(slow).toEqual([]);
  });
});

describe('the settle gate', () => {
  const options = (limitMs: number, stallMs = 1000): Parameters<typeof settle>[0] => ({
    query,
    poolers: stack.poolers,
    limitMs,
    stallMs,
  });

  test('nothing under way: drained at once', async () => {
    expect(await settle(options(5000))).toMatchObject({ outcome: 'drained', reason: 'nothing is under way' });
  });

  test('a backend that outlived its client is waited for', async () => {
    const client = await connect(stack.databaseUrl('app'));
    const running = client.query('SELECT pg_sleep(1.5)');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const settled = await settle(options(5000));
    expect(settled.outcome).toBe('drained');
    expect(settled.waitedMs).toBeGreaterThan(700);
    await running;
    await client.end();
  });

  test('a server connection of the pooler in use is waited for, and named when the limit comes first', async () => {
    const client = await connect(stack.serviceUrl('pooler', 'app'));
    await client.query('BEGIN');
    expect(await settle(options(600))).toMatchObject({
      outcome: 'unsettled',
      reason: expect.stringMatching(/pooler|idle in transaction/),
    });
    await client.query('ROLLBACK');
    await client.end();
    expect((await settle(options(5000))).outcome).toBe('drained');
  });

  const openJob = `UPDATE jobs SET status = 'queued' WHERE key = 'job-1'`;
  const lostEvent = `UPDATE outbox SET delivered_at = NULL WHERE id = 3`;

  test.each([
    ['1 jobs not ended', openJob],
    ['1 events not delivered', lostEvent],
  ])('open work that moves no more is a stall: %s', async (what, sql) => {
    await owner.query(sql);
    const settled = await settle(options(300));
    expect(settled).toMatchObject({
      outcome: 'stalled',
      reason: expect.stringMatching(`${what}, and nothing has moved for 1 s`),
    });
    expect(settled.waitedMs).toBeGreaterThanOrEqual(1000);
  });

  test('open work that moves at the limit is neither a stall nor a drain; what ends after the limit is a drain', async () => {
    await owner.query(openJob);
    const moving = setInterval(
      () =>
        void owner.query(
          `INSERT INTO task_transitions (task_id, from_status, to_status, fence) VALUES (3, 'waiting', 'pending', 1)`,
        ),
      100,
    );
    const settled = await settle(options(600)).finally(() => clearInterval(moving));
    expect(settled).toMatchObject({
      outcome: 'unsettled',
      reason: expect.stringContaining('1 jobs not ended, and work still moves'),
    });
    setTimeout(() => void owner.query(`UPDATE jobs SET status = 'completed' WHERE key = 'job-1'`), 600);
    expect(await settle(options(300, 5000))).toMatchObject({ outcome: 'drained' });
  });

  test('a stall takes longer than any pause of the service: its lease, its sleep, its longest query', () => {
    expect(stallMsOf({ taskLeaseSeconds: 3, workerPollMs: 5000, queryTimeoutMillis: 5000, crawlMs: 400 })).toBe(9000);
    expect(stallMsOf({})).toBe(18_000);
    expect(stallMsOf({ taskLeaseSeconds: 60 })).toBe(64_000);
  });

  test('a database that cannot be asked is not settled', async () => {
    expect(await settle({ ...options(400), query: () => Promise.reject(new Error('gone')) })).toMatchObject({
      outcome: 'unsettled',
      reason: expect.stringContaining('gone'),
    });
  });
});
