import { expect, test } from 'vitest';
import { limitOf } from './connection-limit.ts';
import { healthyRecorder } from './fixtures/healthy-run.ts';
import { judgeOf } from './fixtures/judge.ts';
import type { Recorder } from './fixtures/recorder.ts';
import { flat } from './fixtures/shapes.ts';

const look = (change: (recorder: Recorder) => unknown = () => undefined): ReturnType<typeof limitOf> => {
  const recorder = healthyRecorder();
  change(recorder);
  return limitOf(judgeOf(recorder, { stackSpec: null, isForeign: true }));
};

test('nothing is said of a queue that was not seen', () => {
  const all = look((recorder) => recorder.gauge('postgres.locks.waiting', {}, flat(0))).sentence;
  expect(all).toMatch(
    /no sessions waiting for a lock, no clients waiting in the pooler, no requests waiting for the app/,
  );
  expect(all).toContain('The pool is not your limit at this load');
  const few = look((recorder) =>
    recorder.remove('pooler.clients').remove('db.client.connection.pending_requests').remove('postgres.locks.waiting'),
  );
  expect(few.kind).toBe('none');
  expect(few.sentence).not.toMatch(/nobody|waiting in the pooler|waiting for a lock|is not your limit/);
  expect(few.sentence).toContain('Whether anybody waits for the pool inside the service was not seen');
});

/** As in C5: the pool has 5 server connections, Postgres 41 sessions, 400 logins within a minute. */
const impatient =
  ({ sessions = 41, left = 7 } = {}) =>
  (recorder: Recorder): unknown =>
    recorder
      .remove('postgres.sessions')
      .gauge('postgres.sessions', { role: 'app', application: '', state: 'active' }, flat(sessions))
      .gauge('pooler.clients', { pooler: '1', database: 'app', state: 'waiting' }, flat(12))
      .gauge('pooler.servers', { pooler: '1', database: 'app', state: 'active' }, flat(5))
      .counter('postgres.sessions.opened', {}, flat(7))
      .counter('postgres.sessions.abandoned', {}, flat(left));

test('clients that leave in mid-query are not a pool that is too small', () => {
  const limit = look(impatient());
  expect(limit.kind).toBe('impatient-clients');
  expect(limit.sentence).toMatch(/41 at once, where the pooler has 5 server connections/);
  expect(limit.sentence).toContain('A larger pool makes it worse');
});

test.each([{ sessions: 6 }, { left: 0 }])('%j: the pool it is', (changed) => {
  expect(look(impatient(changed)).kind).toBe('pooler');
});
