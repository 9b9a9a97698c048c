/** Each checker finds nothing in a healthy database, and in the ledger what the database contradicts. */
import { describe, expect, test } from 'vitest';
import type { LedgerOperation } from '../load/ledger.ts';
import type { CheckResult } from '../result.ts';
import { loadCheckers, runCheckers } from './check.ts';
import type { ReadQuery } from './checker.ts';
import { healthyDatabase, healthyLedger, job, jobId, jobs, needDrain, note } from './fixtures/healthy-database.ts';
import { settings, violated } from './fixtures/healthy-database.ts';

const database = healthyDatabase();

describe('a healthy database', () => {
  test('every checker examines something and finds nothing', async () => {
    const results = await database.check();
    expect([...results.values()].filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(results.get('acknowledged-writes')?.counts).toEqual({
      'acknowledged jobs present': jobs,
      'acknowledged notes present': jobs,
    });
  });

  test('without rows nothing is proved', async () => {
    await database.owner.query(
      'TRUNCATE tenants, jobs, tasks, task_effects, task_transitions, notes, outbox, outbox_deliveries, ' +
        'cron_schedules, schedule_ticks CASCADE',
    );
    const results = await database.check([]);
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
    expect((await database.check(healthyLedger(), { unreadable: 1 })).get('acknowledged-writes')?.status).toBe('ok');
    const results = await database.check(healthyLedger(), { unreadable: 2 });
    expect(results.get('acknowledged-writes')?.status).toBe('inconclusive');
    expect(results.get('task-effects')?.status).toBe('ok');
  });

  test('what moves while it is read is read again; what moves twice is not known', async () => {
    let times = 1;
    const writing: ReadQuery = async (text, values) => {
      if (text.includes('FROM task_effects JOIN') && times > 0) {
        times -= 1;
        await database.owner.query(`UPDATE notes SET version = version + 1 WHERE key = 'note-1'`);
      }
      return database.query(text, values);
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
      { ledger: { operations: [], unreadable: 0 }, query: database.query, unsettled: null, settings },
      [
        {
          id: 'broken',
          title: 'broken',
          invariant: 'I1',
          check: () =>
            database
              .query('SELECT * FROM nowhere')
              .then(() => ({ examined: 1, violations: 0, reason: '', examples: [] })),
        },
      ],
    );
    expect(result).toMatchObject({ status: 'inconclusive', reason: expect.stringContaining('nowhere') });
  });
});

describe('the ledger against the database', () => {
  test('a lost acknowledged write', async () => {
    await database.owner.query(`DELETE FROM notes WHERE key = 'note-7'`);
    const results = await database.check();
    expect(violated(results)).toEqual(['acknowledged-writes']);
    expect(results.get('acknowledged-writes')).toMatchObject({
      violations: 1,
      examined: 2 * jobs,
      examples: ['notes: note-7 is missing'],
    });
  });

  test('a table that is gone has lost all that was acknowledged in it', async () => {
    await database.owner.query('ALTER TABLE notes RENAME TO notes_gone');
    const results = await database
      .check()
      .finally(() => database.owner.query('ALTER TABLE notes_gone RENAME TO notes'));
    expect(results.get('acknowledged-writes')).toMatchObject({
      status: 'violated',
      violations: jobs,
      examples: expect.arrayContaining(['notes: note-1 is missing']) as string[],
    });
  });

  test('an acknowledged write that is different', async () => {
    await database.owner.query(`UPDATE jobs SET title = 'Another' WHERE key = 'job-3'`);
    const results = await database.check();
    expect(violated(results)).toEqual(['acknowledged-writes']);
    expect(results.get('acknowledged-writes')?.examples[0]).toBe(
      'jobs: job-3: title is "Another", asked for "Crawl 3"',
    );
  });

  test("an id that was acknowledged and is not the row's", async () => {
    const results = await database.check(
      healthyLedger().map((one) => (one.key === 'job-4' ? { ...one, id: jobId(999) } : one)),
    );
    expect(results.get('acknowledged-writes')).toMatchObject({ status: 'violated', violations: 1 });
  });

  test('a row that nobody asked for, and one that was said to have failed', async () => {
    await database.owner.query(`INSERT INTO notes (key, tenant_id, body) VALUES ('from-nowhere', 'tenant-1', 'x')`);
    const results = await database.check(
      healthyLedger().map((one) => (one.key === 'note-2' ? { ...one, outcome: 'fail' as const } : one)),
    );
    expect(violated(results)).toEqual(['unattempted-writes']);
    expect(results.get('unattempted-writes')?.violations).toBe(2);
  });

  test('an unknown outcome that is there, and one that is not, are counted and no violation', async () => {
    const results = await database.check([
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
    expect(violated(await database.check(twice('unknown')))).toEqual([]);
    expect(violated(await database.check(twice('ok')))).toEqual(['acknowledged-writes']);
    await database.owner.query(`UPDATE notes SET body = 'second' WHERE key = 'note-6'`);
    expect(violated(await database.check(twice('ok')))).toEqual([]);
    expect(violated(await database.check(twice('unknown')))).toEqual([]);
  });
});

describe('the size of a night', () => {
  test('100,000 tasks take a checker a second or so', { tags: 'full', timeout: 60_000 }, async () => {
    await database.owner.query('ALTER TABLE tasks DISABLE TRIGGER USER');
    await database.owner.query(`
      INSERT INTO jobs (key, tenant_id, title, pages, payload, status)
        SELECT 'big-' || n, 'tenant-1', 'Crawl', 4, '', 'completed' FROM generate_series(1, 25000) AS n;
      INSERT INTO tasks (job_id, url, status, fence, attempts)
        SELECT id, 'u', 'completed', 1, 1 FROM jobs, generate_series(1, 4) WHERE key LIKE 'big-%';
      UPDATE jobs SET total_tasks = 4, completed_tasks = 4 WHERE key LIKE 'big-%';
      INSERT INTO task_effects (task_id, fence) SELECT id, 1 FROM tasks WHERE url = 'u';
      INSERT INTO task_transitions (task_id, from_status, to_status, fence)
        SELECT id, f, t, 1
        FROM tasks, (VALUES (NULL, 'pending'), ('pending', 'running'), ('running', 'completed')) AS moves (f, t)
        WHERE url = 'u';
      INSERT INTO outbox (key, sequence, payload, delivered_at)
        SELECT id::text, 1, '{}', now() FROM jobs WHERE key LIKE 'big-%';
      INSERT INTO outbox_deliveries (outbox_id, key, sequence, listener)
        SELECT id, key, sequence, 'l' FROM outbox WHERE id > ${2 * jobs};
      ANALYZE`);
    await database.owner.query('ALTER TABLE tasks ENABLE TRIGGER USER');
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
      const [result] = await runCheckers(
        { ledger: { operations, unreadable: 0 }, query: database.query, unsettled: null, settings },
        [checker],
      );
      if (performance.now() - startedAt > 2000) slow.push([checker.id, performance.now() - startedAt]);
      expect(result).toMatchObject({ id: checker.id, status: 'ok' });
    }
    expect(slow).toEqual([]);
  });
});
