import { expect, test } from 'vitest';
import { waitUntil } from '../system/wait.ts';
import { startTestService, type TestService } from './fixtures/service.ts';

/** A pass each two seconds; otherwise the seed's: every 10 s, 60 s ahead, so six ticks a schedule in a first pass. */
const seed = { scheduleManagerIntervalSeconds: 2, jobWorkers: 2, outboxListeners: 0, workerStart: 'together' };
const wrongCall = { ...seed, scheduleCall: 'workspace-in-payload', scheduleConstraint: 'nulls-distinct' };

const schedules = 'SELECT count(*) FROM cron_schedules';
/**
 * Ready is not yet registered: the service serves while its workers start, and a restart before that would register
 * nothing.
 */
const registered = (service: TestService, rows: number): Promise<unknown> =>
  waitUntil(`registration ${rows}`, async () => (await service.count(schedules)) === rows, {
    limitMs: 8000,
    everyMs: 20,
  });
const restart = async (service: TestService, rows: number): Promise<void> => {
  await service.service.restart();
  await registered(service, rows);
};
const dispatched = async (service: TestService): Promise<number> =>
  service.count('SELECT count(*) FROM schedule_ticks');
const afterPass = (service: TestService, ticks: number): Promise<unknown> =>
  waitUntil(`${ticks} ticks`, async () => (await dispatched(service)) >= ticks, { limitMs: 8000, everyMs: 50 });
const doubled =
  "SELECT count(*) FROM (SELECT 1 FROM schedule_ticks GROUP BY queue_name, date_trunc('second', due_at) HAVING " +
  'count(*) > 1) AS twice';

test(
  'wrong call, and NULLs that repeat: one schedule more each start, six jobs each at once',
  { tags: 'full' },
  async () => {
    await using service = await startTestService({
      settings: { ...wrongCall, scheduleManagerIntervalSeconds: 6 },
      spec: { replicas: 1 },
    });
    await registered(service, 1);
    await restart(service, 2);
    await restart(service, 3);
    expect(await service.count('SELECT count(*) FROM cron_schedules WHERE workspace_id IS NULL')).toBe(3);
    await afterPass(service, 1);
    expect(await dispatched(service)).toBe(18);
    await waitUntil(
      'the words of the seed',
      () => service.log().split('Dispatching memo batch process jobs').length - 1 === 18,
      { limitMs: 2000 },
    );
  },
);

test.each([
  ['the right call', { scheduleCall: 'positional', scheduleConstraint: 'nulls-distinct' }],
  ['NULLS NOT DISTINCT', { scheduleCall: 'workspace-in-payload', scheduleConstraint: 'nulls-not-distinct' }],
  ['a sentinel', { scheduleCall: 'workspace-in-payload', scheduleConstraint: 'sentinel' }],
])('%s: one schedule after any number of starts, of any number of replicas', { tags: 'full' }, async (_, settings) => {
  await using service = await startTestService({ settings: { ...seed, ...settings }, spec: { replicas: 3 } });
  await registered(service, 1);
  await service.service.restart();
  await afterPass(service, 6);
  expect(await service.count(schedules)).toBe(1);
  expect(await dispatched(service)).toBeLessThanOrEqual(7);
  expect(await service.count(doubled)).toBe(0);
});

test('the constraint cannot be made while duplicates are there', async () => {
  await using service = await startTestService({ settings: wrongCall, spec: { replicas: 1 } });
  await registered(service, 1);
  await restart(service, 2);
  const constrain =
    'ALTER TABLE cron_schedules DROP CONSTRAINT cron_schedules_queue_workspace_key, ADD CONSTRAINT ' +
    'cron_schedules_queue_workspace_key UNIQUE NULLS NOT DISTINCT (queue_name, workspace_id)';
  await expect(service.query(constrain)).rejects.toThrow('could not create unique index');
  await service.query(`DELETE FROM cron_schedules WHERE queue_name = 'memo.batch-check' AND workspace_id IS NULL`);
  await service.query(constrain);
});

test('defect scheduleWithoutKey: two replicas dispatch each tick twice', { tags: 'full' }, async () => {
  await using service = await startTestService({ settings: { ...seed, scheduleWithoutKey: true } });
  await afterPass(service, 12);
  expect(await service.count(doubled)).toBeGreaterThan(0);
});
