import { expect, test } from 'vitest';
import { flat, leak, noisy, sawtooth, spike } from '../fixtures/shapes.ts';
import type { Recorder } from '../fixtures/recorder.ts';
import { phase, seconds } from '../fixtures/healthy-run.ts';
import { judge, poolOf } from '../fixtures/judge.ts';

const used =
  (shape: (second: number) => number, until = seconds) =>
  (recorder: Recorder): unknown =>
    recorder.gauge('db.client.connection.count', { ...poolOf('2'), state: 'used' }, shape, until);
test('sustained is ten samples in a row: one replica suffices, a spike does not', () => {
  expect(judge('pool-utilisation', used(noisy(flat(17), 0.05)))).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('replica 2'),
  });
  expect(judge('pool-utilisation', used(spike(5, 18, 40, 9))).verdict).toBe('pass');
  expect(judge('pool-utilisation', used(spike(5, 18, 40, 10))).verdict).toBe('fail');
  expect(judge('pool-utilisation', used(sawtooth(4, 18, 8))).verdict).toBe('pass');
  expect(judge('pool-utilisation', used(leak(4, 0.2))).verdict).toBe('fail');
});

test('a phase of eight seconds is judged by all its samples, which can only be stricter', () => {
  const short = [phase('warm-up', 'warmup', 0, 2), phase('steady', 'steady', 2, 10)];
  expect(judge('pool-utilisation', used(flat(18)), { phases: short }).verdict).toBe('fail');
  expect(judge('pool-utilisation', undefined, { phases: short }).verdict).toBe('pass');
});

test('cut short is unknown, unless it was over before', () => {
  expect(
    judge('pool-utilisation', (recorder) => {
      for (const one of ['1', '2'])
        recorder.gauge('db.client.connection.count', { ...poolOf(one), state: 'used' }, flat(5), 50);
    }),
  ).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('service 1 was not seen from 50.0 s to 120.0 s'),
  });
  expect(
    judge('pool-utilisation', (recorder) => {
      for (const one of ['1', '2'])
        recorder.gauge('db.client.connection.count', { ...poolOf(one), state: 'used' }, flat(18), 50);
    }).verdict,
  ).toBe('fail');
});

test('fewer than five samples are too few', () => {
  expect(judge('pool-utilisation', undefined, { phases: [phase('steady', 'steady', 2, 6)] }).verdict).toBe(
    'inconclusive',
  );
});
