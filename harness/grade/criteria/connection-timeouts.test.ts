import { expect, test } from 'vitest';
import { flat, spike } from '../fixtures/shapes.ts';
import type { Recorder } from '../fixtures/recorder.ts';
import { phases } from '../fixtures/healthy-run.ts';
import { judge, nothingSeen, poolOf } from '../fixtures/judge.ts';

const timeouts =
  (shape: (second: number) => number) =>
  (recorder: Recorder): unknown =>
    recorder.gauge('db.client.connection.timeouts', poolOf('1'), shape);
test('one is too many, also before the first phase', () => {
  expect(judge('connection-timeouts', timeouts(spike(0, 1, 40)))).toMatchObject({ verdict: 'fail', numerator: 1 });
  expect(
    judge('connection-timeouts', timeouts(spike(0, 1, 1)), {
      phases: phases.map((one) => ({ ...one, startMs: one.startMs + 2000, endMs: one.endMs + 2000 })),
    }).verdict,
  ).toBe('fail');
  expect(judge('connection-timeouts', timeouts(spike(0, 1, 3))).verdict).toBe('pass');
});

test('a pool that only ever timed out is not "none were asked for"', () => {
  expect(
    judge('connection-timeouts', (recorder) => {
      recorder.remove('pgsurge.acquisitions');
      timeouts(flat(2))(recorder);
    }),
  ).toMatchObject({ verdict: 'fail', value: 100 });
});

test('without acquisitions nothing is known', () => {
  expect(judge('connection-timeouts', nothingSeen).verdict).toBe('inconclusive');
});
