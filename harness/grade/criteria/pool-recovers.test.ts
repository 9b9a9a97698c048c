import { expect, test } from 'vitest';
import { flat, spike } from '../fixtures/shapes.ts';
import type { Recorder } from '../fixtures/recorder.ts';
import { seconds } from '../fixtures/healthy-run.ts';
import { judge, poolOf } from '../fixtures/judge.ts';

const waiting =
  (shape: (second: number) => number, until = seconds) =>
  (recorder: Recorder): void => {
    for (const one of ['1', '2']) recorder.gauge('db.client.connection.pending_requests', poolOf(one), shape, until);
  };

test('waiting in the burst is no failure, waiting at the end is', () => {
  expect(judge('pool-recovers', waiting(spike(0, 40, 62, 15))).verdict).toBe('pass');
  expect(
    judge(
      'pool-recovers',
      waiting((second) => (second > 60 ? 12 : 0)),
    ),
  ).toMatchObject({ verdict: 'fail', value: 24 });
});

test('a service that is stopped drops who waits: that is no recovery', () => {
  const stuckUntil = (second: number) => waiting((at) => (at > 20 && at <= second ? 27 : 0));
  expect(judge('pool-recovers', stuckUntil(152), { teardownMs: 152_000 })).toMatchObject({
    verdict: 'fail',
    value: 54,
  });
  // An older run does not say when its service was told to stop.
  expect(judge('pool-recovers', stuckUntil(153), { teardownMs: null })).toMatchObject({ verdict: 'fail', value: 54 });
  expect(judge('pool-recovers', stuckUntil(149), { teardownMs: 152_000 }).verdict).toBe('pass');
});

test('cut short is unknown', () => {
  expect(judge('pool-recovers', waiting(flat(0), 70)).verdict).toBe('inconclusive');
});
