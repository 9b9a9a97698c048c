import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { waitUntil } from '../system/wait.ts';
import { startTestService, type TestService } from './fixtures/service.ts';

/** Tasks longer than the lease, kept by heartbeats. */
const slow = { crawlMs: 800 };
const longTasks = { taskLeaseSeconds: 0.5, jobWorkers: 4 };

const twice = 'SELECT count(*) FROM (SELECT task_id FROM task_effects GROUP BY task_id HAVING count(*) > 1) AS twice';
/** Tasks that were taken from workers of replica 1, or given back by them: whether before the lease ended. */
const claimsLeft = (service: TestService, givenBack: boolean): Promise<{ early: boolean }[]> =>
  service.query(
    `
  SELECT DISTINCT held_until > at AS early FROM task_transitions
  WHERE from_status = 'running' AND to_status = 'pending' AND given_back = $1 AND held_by LIKE 'queue-worker-1-%'`,
    [givenBack],
  );
const running = (service: TestService, replica: number): Promise<number> =>
  service.count(`SELECT count(*) FROM tasks WHERE status = 'running' AND claimed_by LIKE 'queue-worker-${replica}-%'`);
const taskOfReplica = (service: TestService, replica: number): Promise<unknown> =>
  waitUntil(`a task of replica ${replica}`, async () => (await running(service, replica)) > 0, {
    limitMs: 5000,
    everyMs: 10,
  });
const createJobs = async (service: TestService): Promise<void> => {
  for (let index = 0; index < 6; index += 1) await service.createJob(`lease-${index}`, 1);
};

test('heartbeats keep a task that takes longer than its lease', { tags: 'full' }, async () => {
  await using service = await startTestService({ partner: slow, settings: longTasks });
  await createJobs(service);
  await service.drained();
  expect(await service.count('SELECT max(attempts) FROM tasks')).toBe(1);
  expect(await service.count('SELECT count(*) FROM tasks WHERE heartbeat_at > started_at')).toBeGreaterThan(0);
});

test('a row that somebody holds keeps no other lease from being renewed', { tags: 'full' }, async () => {
  await using service = await startTestService({ partner: { crawlMs: 1500 }, settings: longTasks });
  await createJobs(service);
  await taskOfReplica(service, 1);
  const [held] = await service.query<{ id: string }>(`
    WITH held AS (
      SELECT id FROM tasks WHERE status = 'running' AND claimed_by LIKE 'queue-worker-1-%' LIMIT 1 FOR UPDATE
    )
    SELECT id, pg_sleep(1.2)::text FROM held`);
  await service.drained();
  expect(await service.count(`SELECT count(*) FROM tasks WHERE attempts > 1 AND id <> ${held!.id}`)).toBe(0);
});

test('tasks of a replica that was killed are taken over, each effect once', { tags: 'full' }, async () => {
  await using service = await startTestService({ partner: slow, settings: longTasks });
  await createJobs(service);
  await taskOfReplica(service, 1);
  await service.replica(1).kill('SIGKILL');
  await service.drained();
  expect(await service.count('SELECT max(attempts) FROM tasks')).toBe(2);
  expect(await service.count(twice)).toBe(0);
  expect(service.log(0)).toContain('whose lease ran out');
  expect([await claimsLeft(service, false), await claimsLeft(service, true)]).toEqual([[{ early: false }], []]);
});

test(
  'a worker that stops in a long crawl gives its task back, which the record of transitions tells from a task ' +
    'taken away',
  { tags: 'full' },
  async () => {
    await using service = await startTestService({ partner: { crawlMs: 4000 }, settings: { jobWorkers: 4 } });
    await createJobs(service);
    await taskOfReplica(service, 1);
    await service.service.restart();
    expect([await claimsLeft(service, false), await claimsLeft(service, true)]).toEqual([[], [{ early: true }]]);
  },
);

test('a frozen replica wakes up after its lease: the fence refuses its completion', { tags: 'full' }, async () => {
  await using service = await startTestService({ partner: slow, settings: longTasks });
  await createJobs(service);
  await taskOfReplica(service, 1);
  await service.replica(1).kill('SIGSTOP');
  await service.drained();
  await service.replica(1).kill('SIGCONT');
  await waitUntil('the refusal', () => service.log(1).includes('was lost'), { limitMs: 5000 });
  expect(await service.count(twice)).toBe(0);
  expect(await service.count(`SELECT count(*) FROM task_transitions WHERE from_status = 'completed'`)).toBe(0);
});

test('defect noStateGuard: the same completes it again', { tags: 'full' }, async () => {
  await using service = await startTestService({ partner: slow, settings: { ...longTasks, noStateGuard: true } });
  await createJobs(service);
  await taskOfReplica(service, 1);
  await service.replica(1).kill('SIGSTOP');
  await service.drained();
  await service.replica(1).kill('SIGCONT');
  await waitUntil(
    'a second completion',
    async () => (await service.count(`SELECT count(*) FROM task_transitions WHERE from_status = 'completed'`)) > 0,
    { limitMs: 5000 },
  );
  expect(await service.count(twice)).toBeGreaterThan(0);
});

test('defect noRescue: tasks of a dead replica stay', { tags: 'full' }, async () => {
  await using service = await startTestService({ partner: slow, settings: { ...longTasks, noRescue: true } });
  await createJobs(service);
  await taskOfReplica(service, 1);
  await service.replica(1).kill('SIGKILL');
  const left = await running(service, 1);
  await sleep(2500);
  expect(await running(service, 1)).toBe(left);
  expect(left).toBeGreaterThan(0);
});

test('the watchdog fails a job without progress, with the reason on the job', { tags: 'full' }, async () => {
  await using service = await startTestService({
    partner: slow,
    settings: { ...longTasks, noRescue: true, watchdogNoProgressSeconds: 3 },
  });
  const { body } = await service.createJob('stuck', 1);
  await waitUntil(
    'a running task',
    async () => (await service.count(`SELECT count(*) FROM tasks WHERE status = 'running'`)) > 0,
    { limitMs: 5000, everyMs: 5 },
  );
  await Promise.all([0, 1].map((instance) => service.replica(instance).kill('SIGKILL')));
  await service.query(`UPDATE tasks SET lease_until = 'infinity' WHERE status = 'running'`);
  await service.replica(0).start();
  await service.drained(60_000);
  const job = (await service.send('GET', `/jobs/${String(body['id'])}`)).body;
  expect(job).toMatchObject({
    status: 'failed',
    errorMessage: 'no progress for 3 seconds',
    counters: { failed: 1, running: 0 },
  });
  expect(service.log(0)).toContain('failed: no progress for');
});
