/** Each checker finds its violation, planted in a real Postgres. */
import { describe, expect, test } from 'vitest';
import { connectAsService, healthyDatabase, healthyLedger, jobId, jobs } from './fixtures/healthy-database.ts';
import { needDrain, violated } from './fixtures/healthy-database.ts';

const database = healthyDatabase();

describe('planted violations', () => {
  const withoutTasks = `
    DELETE FROM task_effects USING tasks WHERE task_id = tasks.id AND job_id = '${jobId(1)}';
    DELETE FROM tasks WHERE job_id = '${jobId(1)}';
    UPDATE jobs SET total_tasks = 0, completed_tasks = 0 WHERE key = 'job-1'`;
  /** Task 3 is as new, and then claimed; claimed again by another worker and completed by that one. */
  const claimed = `
    ALTER TABLE tasks DISABLE TRIGGER USER;
    DELETE FROM task_transitions WHERE task_id = 3;
    DELETE FROM task_effects WHERE task_id = 3;
    UPDATE tasks SET status = 'pending', fence = 0, attempts = 0, finished_at = NULL WHERE id = 3;
    ALTER TABLE tasks ENABLE TRIGGER USER;
    UPDATE jobs SET completed_tasks = completed_tasks - 1, pending_tasks = 1
      WHERE id = (SELECT job_id FROM tasks WHERE id = 3);
    UPDATE tasks SET status = 'running', fence = 1, attempts = 1, claimed_by = 'queue-worker-1-1',
      lease_until = clock_timestamp() + interval '3 seconds' WHERE id = 3`;
  const claimedAgain = `
    UPDATE tasks SET status = 'running', fence = 2, attempts = 2, claimed_by = 'queue-worker-2-1',
      lease_until = clock_timestamp() + interval '3 seconds' WHERE id = 3;
    INSERT INTO task_effects (task_id, fence) VALUES (3, 2);
    UPDATE tasks SET status = 'completed', finished_at = now(), lease_until = NULL WHERE id = 3`;
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
    await database.owner.query(sql);
    const results = await database.check();
    if (id === 'durable-tables') await database.owner.query('ALTER TABLE task_effects SET LOGGED');
    expect(violated(results)).toEqual(expected);
    expect(results.get(id)?.examples.length).toBeGreaterThan(0);
  });

  test('stuck-tasks finds a task without a lease, one that waits past its time, one that nobody takes', async () => {
    await database.owner.query(`
      UPDATE tasks SET status = 'running', lease_until = now() - interval '1 minute' WHERE id = 1;
      UPDATE tasks SET status = 'waiting', due_at = now() - interval '1 minute' WHERE id = 2;
      UPDATE tasks SET status = 'pending', due_at = now() - interval '1 minute' WHERE id = 3;`);
    expect((await database.check()).get('stuck-tasks')).toMatchObject({ status: 'violated', violations: 6 });
    expect((await database.check(healthyLedger(), { unsettled: 'work still moves' })).get('stuck-tasks')).toMatchObject(
      {
        status: 'violated',
        violations: 3,
      },
    );
  });

  test('while work still moves, open work is no violation, and nothing is proved by it either', async () => {
    await database.owner.query(
      "UPDATE jobs SET status = 'running' WHERE key = 'job-1'; INSERT INTO outbox (key, sequence, payload) " +
        "VALUES ('k', 1, '{}')",
    );
    const results = await database.check(healthyLedger(), {
      unsettled: 'after 20 s: 1 jobs not ended, and work still moves',
    });
    expect(
      [...results.values()]
        .filter(({ status }) => status !== 'ok')
        .map(({ id, status, reason }) => [id, status, reason.includes('work still moves')])
        .sort(),
    ).toEqual(needDrain.map((id) => [id, 'inconclusive', true]));
    expect(results.get('jobs-end')?.counts).toEqual({ completed: jobs - 1, failed: 0, open: 1 });
    expect(violated(await database.check())).toEqual(['jobs-end', 'outbox-delivery']);
    await database.owner.query(`UPDATE jobs SET status = 'failed', error_message = 'given up' WHERE key = 'job-2'`);
    expect((await database.check(healthyLedger(), { unsettled: 'work still moves' })).get('jobs-end')).toMatchObject({
      status: 'violated',
      examples: ['job-2 failed: given up'],
    });
  });

  test('work that is open at the deadline and moves is late, which is a violation', async () => {
    await database.owner.query(`
      UPDATE jobs SET status = 'running' WHERE key = 'job-1';
      INSERT INTO outbox (key, sequence, payload, created_at)
        VALUES ('k', 1, '{}', now() - interval '1 minute'), ('l', 1, '{}', now());
      UPDATE tasks SET status = 'running', lease_until = now() + interval '1 minute',
        due_at = now() - interval '1 minute' WHERE id = 1;`);
    const late = { afterSeconds: 20, reason: 'after 20 s: 1 jobs not ended, and work still moves' };
    const results = await database.check(healthyLedger(), { late });
    // A task that was done and runs again breaks other invariants, too.
    expect(violated(results)).toEqual(expect.arrayContaining(needDrain));
    for (const id of needDrain) expect(results.get(id)?.reason).toContain('work still moves');
    expect(results.get('jobs-end')?.examples).toEqual(['job-1 is still running']);
    expect(results.get('outbox-delivery')?.violations).toBe(1);
  });

  test('a worker that gives its own claim back, and a lease that ran out, overlap with nothing', async () => {
    await database.owner.query(
      `${claimed}; UPDATE tasks SET status = 'pending', lease_until = NULL WHERE id = 3; ${claimedAgain}`,
    );
    expect(violated(await database.check())).toEqual([]);
    await database.owner.query(
      `${claimed}; UPDATE tasks SET lease_until = clock_timestamp() WHERE id = 3; UPDATE tasks SET status ` +
        `= 'pending', claimed_by = NULL, lease_until = NULL WHERE id = 3; ${claimedAgain}`,
    );
    expect(violated(await database.check())).toEqual([]);
    expect(
      (
        await database.query('SELECT held_by, given_back FROM task_transitions WHERE held_by IS NOT NULL ORDER BY id')
      )[0],
    ).toEqual({ held_by: 'queue-worker-1-1', given_back: false });
  });

  test('a release from before leases were recorded is judged without them', async () => {
    await database.owner.query(
      `${claimed}; UPDATE tasks SET status = 'pending', claimed_by = NULL, lease_until = NULL WHERE id = ` +
        `3; ${claimedAgain}; ALTER TABLE task_transitions RENAME held_until TO not_yet`,
    );
    const results = await database
      .check()
      .finally(() => database.owner.query('ALTER TABLE task_transitions RENAME not_yet TO held_until'));
    expect(results.get('overlapping-attempts')?.status).toBe('ok');
  });

  test('ticks missed while nothing ran are no gap: the pass after it found them past', async () => {
    await database.owner.query(`
      DELETE FROM schedule_ticks WHERE id = 3;
      UPDATE schedule_ticks
        SET due_at = due_at - interval '60 seconds', dispatched_at = dispatched_at - interval '90 seconds'
        WHERE id < 3;
      UPDATE schedule_ticks
        SET due_at = due_at - interval '40 seconds', dispatched_at = dispatched_at - interval '5 seconds'
        WHERE id > 3`);
    expect((await database.check()).get('schedule-ticks')).toMatchObject({ status: 'ok', examined: 5 });
  });

  test('schedules without a tick prove nothing once a manager was up for longer than to its first pass', async () => {
    await database.owner.query(
      'TRUNCATE schedule_ticks; UPDATE cron_schedules SET next_tick_at = now(); INSERT INTO workers (name, ' +
        "kind, replica, started_at) VALUES ('schedule-manager-1', 'schedule-manager', 1, now() - interval '5 " +
        "seconds')",
    );
    expect((await database.check()).get('schedule-ticks')).toMatchObject({
      status: 'ok',
      examined: 1,
      reason: expect.stringContaining('no tick was due yet') as string,
    });
    await database.owner.query(`UPDATE workers SET started_at = now() - interval '13 seconds'`);
    expect((await database.check()).get('schedule-ticks')).toMatchObject({
      status: 'inconclusive',
      examined: 0,
      empty: true,
      reason: 'no tick was ever dispatched',
    });
    await database.owner.query(`UPDATE cron_schedules SET next_tick_at = now() + interval '1 hour'`);
    expect((await database.check()).get('schedule-ticks')?.status).toBe('ok');
  });

  test('resources-return proves nothing where no session of the service is left to look at', async () => {
    await database.resting.end();
    const alone = await database.check().finally(async () => {
      database.resting = await connectAsService(database.stack.databaseUrl('app'));
    });
    expect(alone.get('resources-return')).toMatchObject({ status: 'inconclusive', examined: 0 });
    expect((await database.check()).get('resources-return')).toMatchObject({ status: 'ok', examined: 1 });
  });

  test('resources-return finds a session idle in transaction and a lock that was kept', async () => {
    const session = await connectAsService(database.stack.databaseUrl('app'));
    const locker = await connectAsService(database.stack.databaseUrl('app'));
    await session.query('BEGIN; SELECT 1');
    await locker.query('SELECT pg_advisory_lock(42)');
    await new Promise((resolve) => setTimeout(resolve, 1300));
    const found = (await database.check()).get('resources-return');
    expect(found).toMatchObject({ status: 'violated', violations: 2 });
    expect(found?.examples.join()).toContain('idle in transaction');
    expect(found?.examples.join()).toContain('advisory lock');
    await Promise.all([session.end(), locker.end()]);
  });
});
