/** What no request felt and was there all the same; and what looks like harm and is the way to the database. */
import { expect, test } from 'vitest';
import type { Recorder } from '../grade/fixtures/recorder.ts';
import { flat } from '../grade/fixtures/shapes.ts';
import { answering, first, healthyStranger, sessions } from './fixtures/stranger.ts';

/** From second 30 on more and more sessions wait, until the oldest transaction ends at second 33. */
const behindOne = (waiting: readonly number[], ageAtFirst: number): Recorder => {
  const within = (second: number): number | undefined => waiting[second - 30];
  return healthyStranger()
    .remove('postgres.locks.waiting')
    .gauge('postgres.locks.waiting', {}, (second) => within(second) ?? 0)
    .gauge('postgres.transaction.age.max', {}, (second) =>
      within(second) === undefined ? 0.01 : ageAtFirst + second - 30,
    );
};

test('sessions that gather behind one transaction are a queue, though no request was slow', () => {
  expect(first(behindOne([12, 19, 25], 0.8))).toMatchObject({ cause: 'lock-queue' });
});

test('short waits for rows come and go, and a long report beside them holds nobody', () => {
  expect(first(behindOne([12, 4, 9], 0.8)).cause).toBe('none');
  expect(first(behindOne([12, 19, 25], 600)).cause).toBe('none');
  expect(first(behindOne([2, 3, 5], 0.8)).cause).toBe('none');
});

test('beside many that work, those that wait for a lock are not all behind one transaction', () => {
  expect(first(sessions(behindOne([12, 19, 25], 0.8), 'active', flat(10))).cause).toBe('lock-queue');
  expect(first(sessions(behindOne([12, 19, 25], 0.8), 'active', flat(50))).cause).toBe('none');
});

test('many that wait all the time are a queue where hardly anybody works', () => {
  const waiting = (working: number): Recorder =>
    sessions(healthyStranger(), 'active', flat(6 + working)).gauge('postgres.locks.waiting', {}, flat(6));
  expect(first(waiting(2)).cause).toBe('lock-queue');
  expect(first(waiting(3)).cause).toBe('none');
});

/** Ten logins of a second: the database is half a second away. */
const far = (ms: number): Recorder => {
  const recorder = answering(200, 30, ms);
  sessions(recorder.remove('postgres.sessions'), 'idle', flat(9));
  sessions(recorder, 'idle in transaction', flat(3));
  sessions(recorder, 'starting', (second) => (second === 2 ? 10 : 0), '');
  return recorder.counter('postgres.sessions.opened', {}, (second) => (second === 2 || second === 3 ? 5 : 0));
};

test('slow answers that are the way to the database are told as that', () => {
  const finding = first(far(560));
  expect(finding.cause).toBe('none');
  expect(finding.sentence).toContain('which is the way to the database');
});

test('slower than some ways there and back, or beside a busy database, is not known', () => {
  expect(first(far(9000)).cause).toBe('unknown');
  expect(first(sessions(far(560), 'active', flat(2))).cause).toBe('unknown');
});
