import { expect, test } from 'vitest';
import { flat, leak, noisy, spike } from '../fixtures/shapes.ts';
import type { Recorder } from '../fixtures/recorder.ts';
import { judge } from '../fixtures/judge.ts';

test('31 sessions idle in transaction behind a pool that is large enough are still a finding', () => {
  const held =
    (age: (second: number) => number) =>
    (recorder: Recorder): unknown =>
      recorder
        .gauge('postgres.idle_in_transaction.age.max', {}, age)
        .gauge('postgres.sessions', { role: 'app', application: 'service', state: 'idle in transaction' }, flat(31));
  expect(judge('idle-in-transaction', held(noisy(flat(0.3), 0.8)))).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('31 sessions'),
  });
  expect(judge('idle-in-transaction', held(spike(0.004, 2, 30, 3))).verdict).toBe('pass');
  expect(judge('idle-in-transaction', held(leak(0, 1))).verdict).toBe('fail');
});

test('cut short is unknown', () => {
  const until50 = (recorder: Recorder): unknown =>
    recorder
      .remove('postgres.idle_in_transaction.age.max')
      .gauge('postgres.idle_in_transaction.age.max', {}, flat(0.002), 50);
  expect(judge('idle-in-transaction', until50)).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('was not seen from 50.0 s to 120.0 s'),
  });
});
