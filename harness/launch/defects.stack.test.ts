/** Every seeded defect and plant of the service does what its sentence says, by its real mechanism. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { waitUntil } from '../system/wait.ts';
import { startTestService, type TestService } from './fixtures/service.ts';

/** All pages of a job fall due together. */
const quick = { crawlMs: 30 };
const together = { domainDelayMs: 0 };

const manyJobs = async (service: TestService, jobs: number, pages: number): Promise<void> => {
  await Promise.all(
    Array.from({ length: jobs }, (_, index) => service.createJob(`job-${index}`, pages, `tenant-${index % 4}`)),
  );
  await service.drained(30_000);
};
const putNotes = (service: TestService, notes: number): Promise<number[]> =>
  Promise.all(
    Array.from(
      { length: notes },
      async (_, index) =>
        (await service.send('PUT', `/notes/note-${index}`, { tenant: 'tenant-1', body: 'b' }, `note-${index}`)).status,
    ),
  );
const twice = 'SELECT count(*) FROM (SELECT task_id FROM task_effects GROUP BY task_id HAVING count(*) > 1) AS twice';
const overlaps = `SELECT count(*) FROM task_transitions WHERE from_status = 'running' AND to_status = 'running'`;
const wrongCounters = 'SELECT count(*) FROM jobs WHERE completed_tasks <> pages';
/** Again and again, since at any one instant none may be idle. */
const endSessions = (service: TestService): Promise<unknown> =>
  service.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'service'`);

/** On a busy machine the service reads late that sessions ended: a request before that would be given one of them. */
const allLossesNoticed = (service: TestService): Promise<true> => {
  let noticedBefore = -1;
  const noNewOne = async (): Promise<boolean> => {
    const noticed = service.log().split('idle connection lost').length;
    const same = noticed === noticedBefore;
    noticedBefore = noticed;
    return same;
  };
  return waitUntil('the service to notice each lost session', noNewOne, { limitMs: 5000, everyMs: 500 });
};

const dashboard = (service: TestService): ReturnType<TestService['send']> =>
  service.send('GET', '/dashboard?tenant=tenant-1');

test('without any, the same load leaves none of these traces', async () => {
  await using service = await startTestService({ partner: quick, settings: together });
  await manyJobs(service, 20, 12);
  expect(await putNotes(service, 20)).toEqual(Array(20).fill(200));
  for (const trace of [twice, overlaps, wrongCounters]) expect(await service.count(trace)).toBe(0);
  expect(await service.count('SELECT count(*) FROM notes')).toBe(20);
});

test('dropEveryNthWrite: every tenth note is acknowledged and is not there; no job is lost', async () => {
  await using service = await startTestService({ settings: { dropEveryNthWrite: 10 }, spec: { replicas: 1 } });
  expect(await putNotes(service, 40)).toEqual(Array(40).fill(200));
  expect(await service.count('SELECT count(*) FROM notes')).toBe(36);
});

test('ackBeforeCommit: killed after its answers, the service loses them', async () => {
  await using service = await startTestService({ settings: { ackBeforeCommit: true }, spec: { replicas: 1 } });
  const answers = await putNotes(service, 8);
  await service.replica(0).kill('SIGKILL');
  expect(answers).toEqual(Array(8).fill(200));
  await sleep(300);
  expect(await service.count('SELECT count(*) FROM notes')).toBeLessThan(8);
});

test('effectTwiceEveryN: that many tasks have two effects', { tags: 'full' }, async () => {
  await using service = await startTestService({
    partner: quick,
    settings: { ...together, effectTwiceEveryN: 10 },
    spec: { replicas: 1 },
  });
  await manyJobs(service, 10, 4);
  expect(await service.count(twice)).toBe(4);
});

test('claimWithoutLock: two workers take the same task', { tags: 'full' }, async () => {
  await using service = await startTestService({ partner: quick, settings: { ...together, claimWithoutLock: true } });
  await manyJobs(service, 20, 12);
  expect(await service.count(overlaps)).toBeGreaterThan(0);
});

test('counterReadModifyWrite: completions are lost from the count, jobs still end', { tags: 'full' }, async () => {
  await using service = await startTestService({
    partner: quick,
    settings: { ...together, counterReadModifyWrite: true },
  });
  await manyJobs(service, 10, 20);
  expect(await service.count(wrongCounters)).toBeGreaterThan(0);
});

test('counterMode recount: dearer, and as right', { tags: 'full' }, async () => {
  await using service = await startTestService({ partner: quick, settings: { ...together, counterMode: 'recount' } });
  await manyJobs(service, 10, 12);
  expect(await service.count(wrongCounters)).toBe(0);
});

test('duplicatesRowByRow: each page costs a statement for every task of its job', { tags: 'full' }, async () => {
  await using service = await startTestService({ partner: quick, settings: { duplicatesRowByRow: true } });
  await manyJobs(service, 4, 5);
  const asked = `SELECT calls FROM pg_stat_statements WHERE query LIKE 'SELECT content_hash FROM pages WHERE task_id%'`;
  const tasks = await service.count('SELECT count(*) FROM tasks');
  expect(await service.count(asked)).toBeGreaterThanOrEqual(2 * tasks);
});

test(
  'effectOutsideTransaction: a thawed worker whose claim is gone has written its effect already',
  { tags: 'full' },
  async () => {
    await using service = await startTestService({
      partner: { crawlMs: 800 },
      settings: { taskLeaseSeconds: 0.5, effectOutsideTransaction: true },
    });
    await Promise.all(Array.from({ length: 6 }, (_, index) => service.createJob(`job-${index}`, 1)));
    await waitUntil(
      'a task of replica 1',
      async () =>
        (await service.count(
          `SELECT count(*) FROM tasks WHERE status = 'running' AND claimed_by LIKE 'queue-worker-1-%'`,
        )) > 0,
      { limitMs: 5000 },
    );
    await service.replica(1).kill('SIGSTOP');
    await service.drained();
    await service.replica(1).kill('SIGCONT');
    await waitUntil('a second effect', async () => (await service.count(twice)) > 0, { limitMs: 5000 });
  },
);

test('noPoolErrorHandler: losing an idle connection ends the process', async () => {
  await using service = await startTestService({
    settings: { noPoolErrorHandler: true },
    spec: { route: 'direct', replicas: 1, superviseReplicas: false },
  });
  await waitUntil(
    'the end of the process',
    async () => (await endSessions(service), service.replica(0).usage() === null),
    { limitMs: 5000, everyMs: 200 },
  );
  expect(service.log()).toContain('uncaught');
});

test('with the handler the same is a warning, and the next request is served', { tags: 'full' }, async () => {
  await using service = await startTestService({ spec: { route: 'direct', replicas: 1 } });
  await waitUntil(
    'the warning',
    async () => (await endSessions(service), service.log().includes('idle connection lost')),
    { limitMs: 5000, everyMs: 200 },
  );
  await allLossesNoticed(service);
  expect((await dashboard(service)).status).toBe(200);
});

test('missingRelease: each failed query costs a connection, until none is left', { tags: 'full' }, async () => {
  await using service = await startTestService({
    settings: { missingRelease: true, appPoolMax: 3, jobWorkers: 0, outboxListeners: 0, connectionTimeoutMillis: 300 },
    spec: { replicas: 1 },
  });
  await service.query('ALTER TABLE notes RENAME TO notes_gone');
  for (let index = 0; index < 3; index += 1) expect((await service.send('GET', '/notes/x')).status).toBe(500);
  await service.query('ALTER TABLE notes_gone RENAME TO notes');
  expect((await dashboard(service)).body['error']).toMatchObject({
    family: 'pool-wait',
    outcome: 'not-executed',
    message: 'timeout exceeded when trying to connect',
  });
});

test('leakConnectionEveryN: dashboards take the app pool away', { tags: 'full' }, async () => {
  await using service = await startTestService({
    settings: {
      leakConnectionEveryN: 2,
      appPoolMax: 4,
      jobWorkers: 0,
      outboxListeners: 0,
      connectionTimeoutMillis: 300,
    },
    spec: { replicas: 1 },
  });
  const statuses: number[] = [];
  for (let index = 0; index < 12; index += 1) statuses.push((await dashboard(service)).status);
  expect(statuses[0]).toBe(200);
  expect(statuses.at(-1)).toBe(503);
});

test('slowQueryMs, burnCpuMsPerRequest: the dashboard takes longer by as much', { tags: 'full' }, async () => {
  await using service = await startTestService({ settings: { slowQueryMs: 300, burnCpuMsPerRequest: 40 } });
  expect((await dashboard(service)).seconds).toBeGreaterThan(0.34);
  expect((await service.send('GET', '/jobs?tenant=t')).seconds).toBeGreaterThan(0.04);
});

test('leakMemoryBytesPerRequest: memory grows with requests', { tags: 'full' }, async () => {
  await using service = await startTestService({
    settings: { leakMemoryBytesPerRequest: 1_000_000 },
    spec: { replicas: 1 },
  });
  const kilobytes = (): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${service.pid(0)}/status`, 'utf8'))?.[1]);
  const before = kilobytes();
  for (let index = 0; index < 60; index += 1) await dashboard(service);
  expect(kilobytes() - before).toBeGreaterThan(50_000);
});

test('holdTransactionDuringCrawl: sessions are idle in transaction while tasks crawl', { tags: 'full' }, async () => {
  await using service = await startTestService({
    partner: { crawlMs: 1000 },
    settings: { holdTransactionDuringCrawl: true },
  });
  await Promise.all(Array.from({ length: 6 }, (_, index) => service.createJob(`job-${index}`, 1)));
  await waitUntil(
    'idle transactions',
    async () =>
      (await service.count(
        `SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction' AND usename <> 'owner'`,
      )) >= 4,
    { limitMs: 3000 },
  );
  await service.drained();
  expect(await service.count(twice)).toBe(0);
});

test('preparedStatements: named ones do not survive transaction pooling', { tags: 'full' }, async () => {
  await using service = await startTestService({ settings: { preparedStatements: true } });
  await Promise.all(Array.from({ length: 40 }, () => dashboard(service)));
  await waitUntil(
    'the pooler to mix up statements',
    async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => dashboard(service)));
      return answers.some(({ body }) => (body['error'] as { family?: string } | undefined)?.family === 'pool-mode');
    },
    { limitMs: 10_000 },
  );
});
