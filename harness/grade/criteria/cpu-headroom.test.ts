import { expect, test } from 'vitest';
import { flat, noisy, spike } from '../fixtures/shapes.ts';
import type { Recorder } from '../fixtures/recorder.ts';
import { judge } from '../fixtures/judge.ts';

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

test('a starved service looks cheap, and proves nothing', () => {
  expect(
    judge('cpu-headroom', (recorder) => recorder.gauge('host.cpu_idle_share', {}, noisy(flat(0.08), 0.3))),
  ).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('8 % idle') });
  expect(
    judge('cpu-headroom', (recorder) => recorder.remove('process.run_wait_seconds', { component: 'service' })).verdict,
  ).toBe('inconclusive');
  expect(judge('cpu-headroom', (recorder) => recorder.remove('host.cpu_idle_share')).verdict).toBe('inconclusive');
});

test('a part that waited for a core passes only if it would with the waiting counted in', () => {
  const waiting =
    (seconds: number) =>
    (recorder: Recorder): unknown =>
      recorder.counter('process.run_wait_seconds', { component: 'service', instance: '1' }, flat(seconds));
  expect(judge('cpu-headroom', waiting(0.12))).toMatchObject({
    verdict: 'pass',
    value: expect.closeTo(60, 1),
    reason: expect.stringContaining('counted in'),
  });
  expect(judge('cpu-headroom', waiting(0.25))).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('between 44 % left'),
  });
  expect(
    judge('cpu-headroom', (recorder) => {
      waiting(0.25)(recorder);
      cores('service', 0.5)(recorder);
      waiting(0.25)(recorder);
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
