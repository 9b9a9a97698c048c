import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startTestService, type TestService } from './fixtures/service.ts';

const createJobs = (service: TestService, jobs: number, tenant?: string): Promise<number[]> =>
  Promise.all(
    Array.from(
      { length: jobs },
      async (_, index) => (await service.createJob(`${tenant ?? 'job'}-${index}`, 3, tenant)).status,
    ),
  );

test(
  'the guardrail: no more than so many jobs run at once, the others stay queued and end too',
  { tags: 'full' },
  async () => {
    await using service = await startTestService({ settings: { maxRunningJobs: 2 } });
    expect(await createJobs(service, 8)).toEqual(Array(8).fill(201));
    const seen: number[] = [];
    for (
      let left = 8;
      left > 0;
      left = await service.count(`SELECT count(*) FROM jobs WHERE status IN ('queued', 'running')`)
    ) {
      seen.push(
        await service.count(
          `SELECT count(*) FROM jobs WHERE status = 'running' OR (status = 'queued' AND pending_tasks > 0)`,
        ),
      );
      await sleep(25);
    }
    expect(Math.max(...seen)).toBe(2);
    expect(await service.count(`SELECT count(*) FROM jobs WHERE status = 'completed'`)).toBe(8);
  },
);

test(
  'more open jobs than the limit are refused with 429 and its reason, and nothing of them is kept',
  { tags: 'full' },
  async () => {
    await using service = await startTestService({ partner: { crawlMs: 1500 }, settings: { maxOpenJobs: 3 } });
    for (let index = 0; index < 3; index += 1) expect((await service.createJob(`open-${index}`, 1)).status).toBe(201);
    const refused = await service.createJob('one-too-many', 1);
    expect(refused.status).toBe(429);
    expect(refused.body['error']).toMatchObject({ family: 'too-many-jobs', outcome: 'not-executed' });
    expect(await service.count('SELECT count(*) FROM jobs')).toBe(3);
    expect((await service.createJob('open-0', 1)).body['replayed'] ?? 'refused').not.toBe(false);
  },
);

test("a tenant's quota is its own", { tags: 'full' }, async () => {
  await using service = await startTestService({ partner: { crawlMs: 1500 }, settings: { tenantQuota: 2 } });
  for (let index = 0; index < 2; index += 1) expect((await service.createJob(`a-${index}`, 1, 'a')).status).toBe(201);
  expect((await service.createJob('a-2', 1, 'a')).body['error']).toMatchObject({ family: 'tenant-quota' });
  expect((await service.createJob('b-0', 1, 'b')).status).toBe(201);
});

test('a saturated app pool refuses with 429 instead of letting all time out', { tags: 'full' }, async () => {
  await using service = await startTestService({
    settings: { appPoolMax: 2, slowQueryMs: 400, poolWaitingLimit: 3, jobWorkers: 0, outboxListeners: 0 },
    spec: { replicas: 1 },
  });
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      await sleep(index * 5);
      return service.send('GET', '/dashboard?tenant=t');
    }),
  );
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(5);
  expect(refused[0]?.body['error']).toMatchObject({
    family: 'pool-saturated',
    message: expect.stringContaining('acquisitions wait') as string,
  });
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(4);
  expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
});
