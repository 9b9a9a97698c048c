import { expect, test } from 'vitest';
import { flat, spike } from '../fixtures/shapes.ts';
import type { Recorder } from '../fixtures/recorder.ts';
import { judge, nothingSeen } from '../fixtures/judge.ts';

const sessions =
  (idle: number) =>
  (recorder: Recorder): unknown =>
    recorder.gauge('postgres.sessions', { role: 'app', application: 'service', state: 'idle' }, spike(20, idle, 40));
test('the role limit, reached in one sample', () => {
  expect(judge('database-connections', sessions(40)).verdict).toBe('pass');
  expect(judge('database-connections', sessions(49))).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('its limit is 50'),
  });
});

test('80 % of max_connections, over all roles', () => {
  expect(
    judge('database-connections', (recorder) => {
      recorder.gauge('postgres.sessions', { role: 'other', application: 'x', state: 'idle' }, flat(50));
    }),
  ).toMatchObject({ verdict: 'fail', reason: expect.stringContaining('75 sessions in all') });
});

test('cut short is unknown, unless the limit was reached before', () => {
  const until50 =
    (idle: number) =>
    (recorder: Recorder): unknown =>
      recorder
        .remove('postgres.sessions')
        .gauge('postgres.sessions', { role: 'app', application: 'service', state: 'idle' }, flat(idle), 50);
  expect(judge('database-connections', until50(20))).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('end at 50.0 s'),
  });
  expect(judge('database-connections', until50(50)).verdict).toBe('fail');
  expect(judge('database-connections', nothingSeen).verdict).toBe('inconclusive');
});
