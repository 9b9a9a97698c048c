/** The wait between the load's end and the checks, on a real Postgres and a real pooler. */
import { describe, expect, test } from 'vitest';
import { connectAsService, healthyDatabase } from './fixtures/healthy-database.ts';
import { settle, stallMsOf } from './settle.ts';

const database = healthyDatabase();

describe('the settle gate', () => {
  const options = (limitMs: number, stallMs = 1000): Parameters<typeof settle>[0] => ({
    query: database.query,
    poolers: database.stack.poolers,
    poolMode: database.stack.spec.pooler.mode,
    limitMs,
    stallMs,
  });

  test('nothing under way: drained at once', async () => {
    expect(await settle(options(5000))).toMatchObject({ outcome: 'drained', reason: 'nothing is under way' });
  });

  test('a backend that outlived its client is waited for', async () => {
    const client = await connectAsService(database.stack.databaseUrl('app'));
    const running = client.query('SELECT pg_sleep(1.5)');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const settled = await settle(options(5000));
    expect(settled.outcome).toBe('drained');
    expect(settled.waitedMs).toBeGreaterThan(700);
    await running;
    await client.end();
  });

  test('a server connection of the pooler in use is waited for, and named when the limit comes first', async () => {
    const client = await connectAsService(database.stack.serviceUrl('pooler', 'app'));
    await client.query('BEGIN');
    expect(await settle(options(600))).toMatchObject({
      outcome: 'unsettled',
      reason: expect.stringMatching(/pooler|idle in transaction/),
    });
    await client.query('ROLLBACK');
    await client.end();
    expect((await settle(options(5000))).outcome).toBe('drained');
  });

  test('in session mode a client that only stays connected is not waited for, and its transaction is', async () => {
    const [pooler] = database.stack.poolers;
    const console = await connectAsService(pooler!.adminUrl);
    await console.query(`SET pool_mode = 'session'`);
    const client = await connectAsService(database.stack.serviceUrl('pooler', 'app'));
    await client.query('SELECT 1');
    expect(await settle(options(600)), 'as in transaction mode').toMatchObject({
      outcome: 'unsettled',
      reason: expect.stringMatching('1 pooler connections active or waiting'),
    });
    const bySession = { ...options(600), poolMode: 'session' } as const;
    expect(await settle(bySession)).toMatchObject({ outcome: 'drained' });
    await client.query('BEGIN');
    // A transaction that has just begun is left out where Postgres is asked, on the direct route as here.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await settle(bySession)).toMatchObject({
      outcome: 'unsettled',
      reason: expect.stringMatching('1 sessions at work or idle in transaction'),
    });
    await client.end();
    await console.query(`SET pool_mode = 'transaction'`);
    await console.end();
  });

  const openJob = `UPDATE jobs SET status = 'queued' WHERE key = 'job-1'`;
  const lostEvent = `UPDATE outbox SET delivered_at = NULL WHERE id = 3`;

  test.each([
    ['1 jobs not ended', openJob],
    ['1 events not delivered', lostEvent],
  ])('open work that moves no more is a stall: %s', async (what, sql) => {
    await database.owner.query(sql);
    const settled = await settle(options(300));
    expect(settled).toMatchObject({
      outcome: 'stalled',
      reason: expect.stringMatching(`${what}, and nothing has moved for 1 s`),
    });
    expect(settled.waitedMs).toBeGreaterThanOrEqual(1000);
  });

  test('open work that moves at the limit is late, with its pace; what ends while the gate still looks is a drain', async () => {
    await database.owner.query(openJob);
    const moving = setInterval(
      () =>
        void database.owner.query(
          `INSERT INTO task_transitions (task_id, from_status, to_status, fence) VALUES (3, 'waiting', 'pending', 1)`,
        ),
      100,
    );
    const settled = await settle(options(600)).finally(() => clearInterval(moving));
    expect(settled).toMatchObject({
      outcome: 'late',
      reason: expect.stringMatching(/1 jobs not ended, and work still moves: 1 were open .*not become fewer/),
    });
    setTimeout(() => void database.owner.query(`UPDATE jobs SET status = 'completed' WHERE key = 'job-1'`), 600);
    expect(await settle(options(300, 5000))).toMatchObject({ outcome: 'drained' });
  });

  test('a stall takes longer than any pause of the service: its lease, its sleep, its longest query', () => {
    expect(stallMsOf({ taskLeaseSeconds: 3, workerPollMs: 5000, queryTimeoutMillis: 5000, crawlTimeoutMs: 5000 })).toBe(
      9000,
    );
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
