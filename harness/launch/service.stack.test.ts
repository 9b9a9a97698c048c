import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../system/wait.ts';
import { startTestService, type TestService } from './fixtures/service.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(async () => {
  await service[Symbol.asyncDispose]();
});

const manyJobs = (prefix: string, jobs: number, pages: number): Promise<unknown> =>
  Promise.all(
    Array.from({ length: jobs }, (_, index) => service.createJob(`${prefix}-${index}`, pages, `tenant-${index % 4}`)),
  );

test('a job is created, crawled page by page, and ends', async () => {
  const { status, body } = await service.createJob('whole', 4);
  expect(status).toBe(201);
  await service.drained();
  const job = (await service.send('GET', `/jobs/${String(body['id'])}`)).body;
  expect(job).toMatchObject({
    key: 'whole',
    tenant: 'tenant-1',
    title: 'Job whole',
    pages: 4,
    status: 'completed',
    errorMessage: null,
  });
  expect(job['counters']).toEqual({ total: 4, waiting: 0, pending: 0, running: 0, completed: 4, failed: 0 });
  const steps = await service.query<{ steps: string }>(
    `SELECT string_agg(coalesce(from_status, '') || '>' || to_status, ' ' ORDER BY id) AS steps
    FROM task_transitions GROUP BY task_id ORDER BY task_id`,
  );
  expect(steps.map((row) => row.steps)).toEqual([
    '>pending pending>running running>completed',
    ...Array(3).fill('>waiting waiting>pending pending>running running>completed'),
  ]);
});

test('the same key again gives the same job, even at once', async () => {
  const answers = await Promise.all(Array.from({ length: 6 }, () => service.createJob('same')));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 200, 201]);
  expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(1);
  expect(await service.count(`SELECT count(*) FROM jobs WHERE key = 'same'`)).toBe(1);
});

test('a note repeated with its key is one write, with another key a second version', async () => {
  const put = (key: string): ReturnType<TestService['send']> =>
    service.send('PUT', '/notes/n1', { tenant: 'tenant-1', body: `body ${key}` }, key);
  expect((await put('a')).body).toMatchObject({ version: 1 });
  expect((await put('a')).body).toMatchObject({ version: 1, replayed: true });
  expect((await put('b')).body).toMatchObject({ version: 2 });
  expect((await service.send('GET', '/notes/n1')).body).toMatchObject({ body: 'body b', version: 2 });
});

test('what cannot be served says why, and that nothing was done', async () => {
  const error = async (...request: Parameters<TestService['send']>): Promise<[number, unknown]> => {
    const { status, body } = await service.send(...request);
    return [status, body['error']];
  };
  expect(await error('POST', '/jobs', { tenant: 't', title: 'x' })).toEqual([
    400,
    expect.objectContaining({ outcome: 'not-executed', message: expect.stringContaining('Idempotency-Key') as string }),
  ]);
  expect(await error('POST', '/jobs', { tenant: 't', title: 'x', pages: 0 }, 'k')).toEqual([
    400,
    expect.objectContaining({ message: expect.stringContaining('pages') as string }),
  ]);
  expect(await error('POST', '/jobs', { title: 'x', pages: 1 }, 'k')).toEqual([
    400,
    expect.objectContaining({ message: expect.stringContaining('tenant') as string }),
  ]);
  expect(await error('GET', '/jobs/none')).toEqual([404, expect.objectContaining({ family: 'not-found' })]);
  expect(await error('GET', '/dashboard')).toEqual([400, expect.objectContaining({ family: 'bad-request' })]);
});

test('many workers of two replicas take each task once; counters, effects and events agree', async () => {
  await manyJobs('many', 40, 5);
  await service.drained();
  expect(await service.count('SELECT count(*) FROM tasks WHERE attempts <> 1')).toBe(0);
  expect(
    await service.count(
      `SELECT count(*) FROM task_transitions WHERE from_status = 'running' AND to_status = 'running'`,
    ),
  ).toBe(0);
  expect(
    await service.count(
      'SELECT count(*) FROM (SELECT 1 FROM tasks LEFT JOIN task_effects ON task_id = tasks.id GROUP BY tasks.id ' +
        'HAVING count(task_effects.id) <> 1) AS wrong',
    ),
  ).toBe(0);
  expect(
    await service.count(
      'SELECT count(*) FROM jobs WHERE completed_tasks <> pages OR total_tasks <> pages OR waiting_tasks + ' +
        'pending_tasks + running_tasks + failed_tasks <> 0',
    ),
  ).toBe(0);
  expect(await service.count("SELECT count(DISTINCT split_part(claimed_by, '-', 3)) FROM tasks")).toBe(2);
  await waitUntil(
    'the delivery of all events',
    async () => (await service.count('SELECT count(*) FROM outbox WHERE delivered_at IS NULL')) === 0,
    { limitMs: 5000, everyMs: 50 },
  );
  expect(await service.count('SELECT count(*) FROM outbox')).toBe(
    await service.count('SELECT count(DISTINCT outbox_id) FROM outbox_deliveries'),
  );
  expect(
    await service.count(
      'SELECT count(*) FROM (SELECT sequence - lag(sequence, 1, 0) OVER (PARTITION BY key ORDER BY id) AS step ' +
        'FROM outbox_deliveries) AS steps WHERE step <> 1',
    ),
  ).toBe(0);
});

test('a rolling restart under load fails no request and loses nothing', async () => {
  const answers: number[] = [];
  const writing = new AbortController();
  const writer = async (who: number): Promise<void> => {
    for (let index = 0; !writing.signal.aborted; index += 1)
      answers.push((await service.createJob(`roll-${who}-${index}`, 2)).status);
  };
  const writers = Promise.all([1, 2, 3].map(writer));
  await service.service.roll();
  writing.abort();
  await writers;
  expect(answers.length).toBeGreaterThan(20);
  expect(answers.filter((status) => status !== 201)).toEqual([]);
  await service.drained();
  expect(await service.count(`SELECT count(*) FROM jobs WHERE key LIKE 'roll-%' AND status = 'completed'`)).toBe(
    answers.length,
  );
  expect(
    await service.count(
      'SELECT count(*) FROM (SELECT task_id FROM task_effects GROUP BY task_id HAVING count(*) > 1) AS twice',
    ),
  ).toBe(0);
});

test(
  'a roll may change settings and wait after the first replica; if that fails the others stay',
  { tags: 'full' },
  async () => {
    const poolOf = (instance: number): number => {
      const variables = readFileSync(`/proc/${service.pid(instance)}/environ`, 'utf8').split('\0');
      const settings = variables.find((one) => one.startsWith('PGSURGE_SERVICE_SETTINGS='))!;
      return (JSON.parse(settings.slice(settings.indexOf('=') + 1)) as { appPoolMax: number }).appPoolMax;
    };
    const usual = poolOf(0);
    let meanwhile: number[] = [];
    await service.service.roll({
      settings: { appPoolMax: 7 },
      afterFirst: async () => {
        meanwhile = [poolOf(0), poolOf(1)];
        return 'go-on';
      },
    });
    expect(meanwhile).toEqual([7, usual]);
    expect([poolOf(0), poolOf(1)]).toEqual([7, 7]);
    const failing = service.service.roll({
      settings: { appPoolMax: usual },
      afterFirst: () => Promise.reject(new Error('the canary is worse')),
    });
    await expect(failing).rejects.toThrow('the canary is worse');
    expect([poolOf(0), poolOf(1)]).toEqual([usual, 7]);
    await service.service.roll({ settings: { appPoolMax: 7 } });
    await service.service.roll({ settings: { appPoolMax: 3 }, afterFirst: async () => 'undo' });
    expect([poolOf(0), poolOf(1)]).toEqual([7, 7]);
    expect(await service.service.settingsRead()).toMatchObject({ differences: [] });
    expect(await service.service.alive()).toBe(true);
  },
);

test('a stop in mid-work leaves no claim behind', async () => {
  await manyJobs('stop', 20, 4);
  await service.service.restart();
  await service.drained();
  expect(
    await service.count(
      'SELECT count(*) FROM (SELECT task_id FROM task_effects GROUP BY task_id HAVING count(*) > 1) AS twice',
    ),
  ).toBe(0);
  expect(service.log()).not.toContain('took back');
  expect(service.log()).toContain('stopped');
});

test(
  'a service that ends for good does not wait for its front to notice, and ends what it has in hand',
  { tags: 'full' },
  async () => {
    await using ending = await startTestService({ settings: { drainMs: 8000 } });
    await Promise.all(Array.from({ length: 8 }, (_, index) => ending.createJob(`end-${index}`, 3)));
    const startedAtMs = performance.now();
    await ending.service[Symbol.asyncDispose]();
    expect(performance.now() - startedAtMs).toBeLessThan(6000);
    expect([ending.log(0), ending.log(1)].filter((log) => !log.includes('INFO stopped'))).toEqual([]);
    expect(await ending.count("SELECT count(*) FROM tasks WHERE status = 'running'")).toBe(0);
  },
);

test('a replica that is killed is started again, and its death is counted and in the log', async () => {
  const pid = service.pid(1);
  process.kill(pid, 'SIGKILL');
  await waitUntil(
    'a new process',
    async () => service.replica(1).usage() !== null && service.pid(1) !== pid && service.service.alive(),
    { limitMs: 10_000 },
  );
  expect(service.log(1)).toContain('replica 1 of the service died (SIGKILL); starting it again');
  expect(service.replica(1).exits?.().at(-1)).toMatchObject({ how: 'SIGKILL' });
});
