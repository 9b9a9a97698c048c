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
    reason: expect.stringContaining('was not seen from 50.0 s to 150.0 s'),
  });
  expect(judge('database-connections', until50(50)).verdict).toBe('fail');
  expect(judge('database-connections', nothingSeen).verdict).toBe('inconclusive');
});

const stranger = { stackSpec: null, isForeign: true } as const;
const ofOthers =
  (limit: number | null, sessionsOfRole = 60) =>
  (recorder: Recorder): void => {
    recorder.remove('postgres.role_limit').remove('postgres.sessions').remove('postgres.max_connections');
    recorder.gauge('postgres.sessions', { role: 'shop', application: 'x', state: 'idle' }, flat(sessionsOfRole));
    recorder.gauge('postgres.max_connections', {}, flat(500));
    if (limit !== null) recorder.gauge('postgres.role_limit', { role: 'shop' }, flat(limit));
  };

test.each([null, -1])("a stranger's role with the limit %j has none: ours is not put in its place", (limit) => {
  const result = judge('database-connections', ofOthers(limit), stranger);
  expect(result).toMatchObject({
    verdict: 'pass',
    reason: '60 sessions in all of 498 that can be had (max_connections 500)',
  });
});

test("80 % of max_connections is a level of ours: a stranger's service beyond it is warned, and fails when it is full", () => {
  const verdictOf = (sessionsOfRole: number): string =>
    judge('database-connections', ofOthers(null, sessionsOfRole), stranger).verdict;
  expect([399, 400, 497, 498].map(verdictOf)).toEqual(['pass', 'warn', 'warn', 'fail']);
});

test("a stranger's limit that was seen is one, whatever the role is called", () => {
  for (const role of ['shop', 'probe'])
    expect(
      judge(
        'database-connections',
        (recorder) => {
          ofOthers(null, 3)(recorder);
          recorder.gauge('postgres.sessions', { role, application: 'y', state: 'idle' }, flat(57));
          recorder.gauge('postgres.role_limit', { role }, flat(57));
        },
        stranger,
      ).verdict,
      role,
    ).toBe('fail');
});

test('where no limit was seen and none is ours, nothing is known', () => {
  const without = (recorder: Recorder): void => {
    ofOthers(null)(recorder);
    recorder.remove('postgres.max_connections');
  };
  expect(judge('database-connections', without, stranger).verdict).toBe('inconclusive');
});
