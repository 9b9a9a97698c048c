/** What no request felt and was there all the same; and what looks like harm and is the way to the database. */
import { expect, test } from 'vitest';
import type { Recorder } from '../grade/fixtures/recorder.ts';
import { flat } from '../grade/fixtures/shapes.ts';
import { answering, answers, first, healthyStranger, sessions } from './fixtures/stranger.ts';

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

/** Answers take 60 ms, and 600 from second 20 to 29, in which the oldest statement has run for so many seconds. */
const slowFor = (ageSeconds: number, sessionsAtWork = 5, isThen = (second: number) => second >= 20 && second < 30) => {
  const recorder = healthyStranger().remove('http_reqs').remove('http_req_duration');
  answers(recorder, 200, (second) => (isThen(second) ? 0 : 100), 60);
  answers(recorder, 200, (second) => (isThen(second) ? 5 : 0), 600, 'GET /slow');
  sessions(recorder, 'active', flat(sessionsAtWork));
  return recorder.gauge('postgres.statement.age.max', {}, (second) => (isThen(second) ? ageSeconds : 0.05));
};

test('statements that take long for a while, and answers with them, are told though the whole run is well', () => {
  const finding = first(slowFor(0.6));
  expect(finding).toMatchObject({ cause: 'slow-statements', kind: 'stretch' });
  expect(finding.sentence).toMatch(
    /^Statements took long in the database from 20\.0 s to 29\.0 s: .* 600 ms on the average, and for 50 ms otherwise$/,
  );
});

test('one session, quick statements, other waits or a burst: no stretch of slow statements', () => {
  expect(first(slowFor(0.6, 1)).cause).toBe('none');
  expect(first(slowFor(0.14)).cause).toBe('none');
  for (const type of ['Lock', 'IO']) {
    const waits = (second: number): number => (second >= 20 && second < 30 ? 4 : 0);
    const waiting = slowFor(0.6).gauge('postgres.sessions.waiting', { wait_event_type: type }, waits);
    expect(first(waiting).cause).toBe('none');
  }
  const busy = slowFor(0.6).gauge('host.cpu_idle_share', {}, (second) => (second >= 20 && second < 30 ? 0.02 : 0.6));
  expect(first(busy).cause).toBe('none');
  // Nobody was at work otherwise, so nobody knows how long their statements would have taken.
  const burst = sessions(slowFor(0.6), 'active', (second) => (second >= 20 && second < 30 ? 5 : 0));
  expect(first(burst).cause).toBe('none');
});

interface Replica {
  /** At once, in seconds 20 to 26. */
  waiting?: number;
  /** Of two connections, in those seconds. */
  used?: number;
}

/** Answers take 60 ms, and so long in seconds 20 to 26; replica 1 keeps nobody waiting, unless that is said. */
const replicas = (two: Replica, slowMs = 240, one: Replica = {}): Recorder => {
  const isThen = (second: number): boolean => second >= 20 && second < 26;
  const recorder = healthyStranger().remove('http_reqs').remove('http_req_duration');
  answers(recorder, 200, (second) => (isThen(second) ? 0 : 100), 60);
  answers(recorder, 200, (second) => (isThen(second) ? 50 : 0), slowMs, 'GET /slow');
  for (const [replica, { waiting = 0, used = 2 }] of Object.entries({ 1: one, 2: two })) {
    const labels = { 'service.instance': replica };
    recorder.gauge('db.client.connection.pending_requests', labels, (second) => (isThen(second) ? waiting : 0));
    recorder.gauge('db.client.connection.count', { ...labels, state: 'used' }, (second) => (isThen(second) ? used : 1));
    recorder.gauge('db.client.connection.max', labels, flat(2));
  }
  return recorder;
};

test('one replica’s pool that is waited for during some seconds is told, with where and when', () => {
  const finding = first(replicas({ waiting: 6 }));
  expect(finding.cause).toBe('app-pool');
  expect(finding.sentence).toContain(
    'up to 6 wait at once in replica 2 alone, whose pool has 2 connections, from 20.0 s to 25.0 s',
  );
  expect(finding.remedy.sentence).toBe(
    'Compare the settings of replica 2 with those of the others, which did not wait',
  );
});

test('a burst that all replicas wait in, a pool that is still being filled, or what nobody feels is no such pool', () => {
  expect(first(replicas({ waiting: 6 }, 240, { waiting: 1 })).cause).toBe('none');
  expect(first(replicas({ waiting: 6, used: 1 })).cause).toBe('none');
  expect(first(replicas({ waiting: 6 }, 90)).cause).toBe('none');
  expect(first(replicas({ waiting: 0 })).cause).toBe('none');
});

test('to the database a transaction over a slow link is idle for a round trip, and held for longer than that', () => {
  const held = (ageSeconds: number): Recorder =>
    sessions(answering(200, 50, 600), 'idle in transaction', flat(3)).gauge(
      'postgres.idle_in_transaction.age.max',
      {},
      flat(ageSeconds),
    );
  expect(first(held(0.2)).cause).toBe('held-transactions');
  expect(first(held(0.14)).cause).not.toBe('held-transactions');
});

test('that some were refused stands beside those that were served', () => {
  const refusing = answers(healthyStranger(), 429, flat(3), 2, 'GET /refused');
  expect(first(refusing).sentence).toContain('6,000 requests served, 180 refused (429)');
});

/** Sixteen clients of the pooler, seven of which are gone for two seconds, and come back. */
const halfGone = (cutOff: number): Recorder => {
  const recorder = healthyStranger();
  recorder.gauge('pooler.clients', { pooler: '0', database: 'app', state: 'active' }, (second) =>
    second === 30 || second === 31 ? 9 : 16,
  );
  return recorder.counter('postgres.sessions.abandoned', {}, (second) => (second === 30 ? cutOff : 0));
};

test('a replica cut off in mid-work is told though no request failed; one that ends its work first is not', () => {
  expect(first(halfGone(1))).toMatchObject({ cause: 'part-restarted', kind: 'service' });
  expect(first(halfGone(0)).cause).toBe('none');
  const onPurpose = { do: 'roll' as const, title: 'roll', atMs: 28_000, endMs: 32_000, ok: true };
  expect(first(halfGone(1), { steps: [onPurpose] }).cause).toBe('none');
});

test('a pooler is started anew when one of its counters falls, though another is by chance where it was', () => {
  const restarted = (queries: number): Recorder => {
    const recorder = answers(healthyStranger(), 503, (second) => (second === 30 ? 20 : 0), 5, 'GET /failing');
    recorder.gauge('pooler.transactions', { pooler: '0' }, flat(247));
    return recorder.gauge('pooler.queries', { pooler: '0' }, (second) => (second < 30 ? 500 : queries));
  };
  expect(first(restarted(300))).toMatchObject({ cause: 'part-restarted', kind: 'pooler' });
  expect(first(restarted(510)).cause).not.toBe('part-restarted');
});
