import { expect, test } from 'vitest';
import { phase } from '../fixtures/healthy-run.ts';
import { flat, noisy, spike } from '../fixtures/shapes.ts';
import { durations, type Recorder } from '../fixtures/recorder.ts';
import { judge, steadyRequests } from '../fixtures/judge.ts';
import type { JobReference } from '../criterion.ts';

const cores =
  (component: string, value: number) =>
  (recorder: Recorder): unknown =>
    recorder
      .counter('process.cpu_seconds', { component, instance: '1' }, noisy(flat(value), 0.5))
      .counter('process.run_wait_seconds', { component, instance: '1' }, flat(value * 0.02));
test('the least of all components, with noise', () => {
  expect(judge('cpu-headroom', cores('database', 0.2))).toMatchObject({ verdict: 'pass' });
  const busy = judge('cpu-headroom', cores('database', 0.41));
  expect(busy).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('database') });
  expect(busy.value).toBeGreaterThan(10);
  expect(busy.value).toBeLessThan(35);
});

test('ten busy seconds within minutes of rest are found', () => {
  expect(
    judge('cpu-headroom', (recorder) =>
      recorder.counter('process.cpu_seconds', { component: 'service', instance: '1' }, spike(0.1, 0.6, 30, 12)),
    ).verdict,
  ).toBe('fail');
  expect(
    judge('cpu-headroom', (recorder) =>
      recorder.counter('process.cpu_seconds', { component: 'service', instance: '1' }, spike(0.1, 0.6, 30, 2)),
    ).verdict,
  ).toBe('pass');
});

test('two replicas share one budget, and one that was restarted counts from zero again', () => {
  const two =
    (value: number) =>
    (recorder: Recorder): unknown =>
      recorder
        .counter('process.cpu_seconds', { component: 'service', instance: '1' }, flat(value))
        .counter('process.cpu_seconds', { component: 'service', instance: '2' }, flat(value));
  expect(judge('cpu-headroom', two(0.15)).verdict).toBe('pass');
  expect(judge('cpu-headroom', two(0.25)).verdict).toBe('fail');
  let total = 0;
  const restarted = judge('cpu-headroom', (recorder) =>
    recorder.gauge('process.cpu_seconds', { component: 'service', instance: '1' }, (second) => {
      total = second === 70 ? 0.1 : total + 0.1;
      return total;
    }),
  );
  expect(restarted.verdict).toBe('pass');
});

const phasesOnly = [phase('steady', 'steady', 5, 60)];
const starvedHost = (recorder: Recorder): Recorder =>
  recorder
    .gauge('host.cpu_idle_share', {}, noisy(flat(0.02), 0.3))
    .counter('process.run_wait_seconds', { component: 'service', instance: '1' }, flat(0.25));

// The rule changed: how idle the host was and how long a part waited decide nothing any more, the work done does.
test('work that was done has spent its CPU, however long it waited for a core', () => {
  expect(judge('cpu-headroom', starvedHost)).toMatchObject({
    verdict: 'pass',
    value: expect.closeTo(75, 0),
    evidence: expect.arrayContaining([
      { text: expect.stringContaining('it waited for a core 125 % of the time it ran'), source: 'service' },
    ]),
  });
  expect(judge('cpu-headroom', (recorder) => recorder.remove('host.cpu_idle_share')).verdict).toBe('pass');
  expect(
    judge('cpu-headroom', (recorder) => recorder.remove('process.run_wait_seconds', { component: 'service' })).verdict,
  ).toBe('pass');
});

test('a starved service looks cheap, and where its work was not done that proves nothing', () => {
  const jobs: JobReference = {
    state: 'known',
    rate: { jobs: 12_000, activeJobMinutes: 1000, standardError: 20 },
    of: 'baseline.healthy.1',
  };
  const half = (recorder: Recorder): unknown =>
    starvedHost(recorder).gauge('pgsurge_jobs_done', { phase: 'steady' }, flat(1), 60);
  expect(judge('cpu-headroom', half, { reference: jobs, phases: phasesOnly })).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining("of the baseline's jobs were done"),
  });
  const dropped = (recorder: Recorder): unknown =>
    starvedHost(recorder).gauge('dropped_iterations', { phase: 'steady' }, flat(3));
  expect(judge('cpu-headroom', dropped)).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('interactive requests were done'),
  });
});

test('without a rate of jobs to hold it to, what waits must not have grown', () => {
  const growing = (recorder: Recorder): unknown =>
    recorder.gauge('tasks', { 'service.instance': '1', state: 'pending' }, (second) => second);
  expect(judge('cpu-headroom', growing)).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('pending more than before'),
  });
  const later = (recorder: Recorder): unknown =>
    recorder.histogram('pgsurge.task.due_to_start', { 'service.instance': '1' }, (second) =>
      durations(7, 0.03 + second / 4, second),
    );
  expect(judge('cpu-headroom', later)).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('later at the end than at the beginning'),
  });
  const unseen = (recorder: Recorder): unknown => recorder.remove('tasks');
  expect(judge('cpu-headroom', unseen).verdict).toBe('inconclusive');
  const deaf = (recorder: Recorder): unknown =>
    recorder.remove('http_reqs').remove('tasks').remove('pgsurge.task.due_to_start');
  expect(judge('cpu-headroom', deaf).verdict).toBe('inconclusive');
});

test('work left undone in seconds is not lost in the whole: figure and guard have the same window', () => {
  const stopped = (recorder: Recorder): unknown =>
    recorder.gauge('http_reqs', { ...steadyRequests }, (second) => (second > 20 && second <= 32 ? 8 : 20), 155);
  expect(judge('cpu-headroom', stopped, { phases: phasesOnly })).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('interactive requests were done'),
  });
});

test('used alone over the bound fails, whatever was done', () => {
  expect(
    judge('cpu-headroom', (recorder) => {
      cores('service', 0.5)(recorder);
      starvedHost(recorder).gauge('dropped_iterations', { phase: 'steady' }, flat(3));
    }).verdict,
  ).toBe('fail');
});

test('one component not seen leaves it unknown, unless another is over', () => {
  expect(
    judge('cpu-headroom', (recorder) => recorder.remove('process.cpu_seconds', { component: 'pooler' })),
  ).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('pooler') });
  expect(
    judge('cpu-headroom', (recorder) => {
      cores('database', 0.5)(recorder);
      recorder.remove('process.cpu_seconds', { component: 'pooler' });
    }).verdict,
  ).toBe('fail');
});

test("the seed's own run fails: database CPU 32 % free", () => {
  const changed = { budgets: { database: { cores: 2, memoryBytes: 2e9 } } };
  const seed = (recorder: Recorder): unknown =>
    recorder.counter('process.cpu_seconds', { component: 'database', instance: '1' }, flat(2 * 0.68));
  expect(judge('cpu-headroom', seed, changed)).toMatchObject({ verdict: 'fail', value: expect.closeTo(32, 0) });
});
