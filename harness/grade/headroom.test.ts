/** The criteria of CPU and memory: what each component left of its budget, while loaded and after it. */
import { describe, expect, test } from 'vitest';
import { flat, judge, leak, mebibytes, noisy, phases, sawtooth, spike, type Recorder } from './fixtures.ts';

describe('cpu-headroom', () => {
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
      judge('cpu-headroom', (recorder) => recorder.remove('process.run_wait_seconds', { component: 'service' }))
        .verdict,
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
});

describe('memory-headroom', () => {
  const memory =
    (bytes: (second: number) => number) =>
    (recorder: Recorder): unknown =>
      recorder.gauge('process.memory_bytes', { component: 'database', instance: '1' }, bytes);
  test('flat passes, a leak fails, one spike does not', () => {
    expect(judge('memory-headroom', memory(noisy(flat(mebibytes(500)), 0.05))).verdict).toBe('pass');
    expect(judge('memory-headroom', memory(leak(mebibytes(300), mebibytes(4)))).verdict).toBe('fail');
    expect(judge('memory-headroom', memory(spike(mebibytes(300), mebibytes(900), 40, 3))).verdict).toBe('pass');
  });
  test("a garbage collector's sawtooth counts by what it never goes below", () => {
    expect(judge('memory-headroom', memory(sawtooth(mebibytes(300), mebibytes(700), 8))).verdict).toBe('pass');
    expect(judge('memory-headroom', memory(sawtooth(mebibytes(650), mebibytes(800), 8))).verdict).toBe('fail');
  });
});

describe('memory-after-load', () => {
  const rest =
    (before: number, after: number) =>
    (recorder: Recorder): unknown =>
      recorder.gauge(
        'process.memory_bytes',
        { component: 'database', instance: '1' },
        (second) => mebibytes(1024) * (second > 120 ? after : before),
      );
  test('at most half passes, above three quarters fails, between warns, growth fails', () => {
    expect(judge('memory-after-load', rest(0.4, 0.45))).toMatchObject({ verdict: 'pass' });
    expect(judge('memory-after-load', rest(0.55, 0.6)).verdict).toBe('warn');
    expect(judge('memory-after-load', rest(0.8, 0.8)).verdict).toBe('fail');
    expect(judge('memory-after-load', rest(0.2, 0.4))).toMatchObject({
      verdict: 'fail',
      reason: expect.stringContaining('grew'),
    });
  });
  test('it needs the nightly profile and a rest', () => {
    expect(judge('memory-after-load', rest(0.9, 0.9), { profile: { name: 'smoke', timeScale: 900 } }).verdict).toBe(
      'notApplicable',
    );
    expect(judge('memory-after-load', rest(0.9, 0.9), { phases: phases.slice(0, 4) }).verdict).toBe('notApplicable');
  });
  test('cut short before the rest is unknown', () => {
    expect(
      judge('memory-after-load', (recorder) => {
        for (const component of Object.keys({ service: 1, pooler: 1, database: 1 }))
          recorder.gauge('process.memory_bytes', { component, instance: '1' }, flat(1e6), 100);
      }).verdict,
    ).toBe('inconclusive');
  });
});

test("the seed's own run fails: database CPU 32 % free, memory 1.8 of 2 GB used", () => {
  const gigabytes = (count: number): number => count * 1e9;
  const changed = { budgets: { database: { cores: 2, memoryBytes: gigabytes(2) } } };
  const seeds = (recorder: Recorder): unknown =>
    recorder
      .counter('process.cpu_seconds', { component: 'database', instance: '1' }, flat(2 * 0.68))
      .gauge('process.memory_bytes', { component: 'database', instance: '1' }, flat(gigabytes(1.8)));
  expect(judge('cpu-headroom', seeds, changed)).toMatchObject({ verdict: 'fail', value: expect.closeTo(32, 0) });
  expect(judge('memory-headroom', seeds, changed)).toMatchObject({ verdict: 'fail', value: expect.closeTo(10, 0) });
  expect(judge('memory-after-load', seeds, changed)).toMatchObject({ verdict: 'fail', value: expect.closeTo(90, 0) });
});
