/** Loaded and healthy, or loaded and not: what parts a pool that is well used from one that is waited for. */
import { expect, test } from 'vitest';
import type { Recorder } from '../grade/fixtures/recorder.ts';
import { flat } from '../grade/fixtures/shapes.ts';
import {
  answering,
  answers,
  chainOf,
  diagnosisOf,
  first,
  healthyStranger,
  logged,
  pooled,
  sessions,
  withPooler,
} from './fixtures/stranger.ts';

/** Six of ten connections are seen in a transaction, two more are on their way between two of them. */
const used = (recorder: Recorder, inUse: number): Recorder => {
  sessions(recorder, 'active', flat(1));
  sessions(recorder, 'idle in transaction', flat(inUse - 1));
  return sessions(recorder, 'idle', flat(10 - inUse));
};

test('many more requests under way than connections, most of which are in use: the app pool', () => {
  expect(first(used(answering(200, 50, 900), 7)).cause).toBe('app-pool');
});

test('idle connections, or as few requests as connections: nobody waits for the pool', () => {
  expect(first(used(answering(200, 50, 900), 3)).cause).toBe('unknown');
  expect(first(used(answering(200, 10, 900), 7)).cause).toBe('unknown');
});

/** Statements that sleep, as wait events show: a report that is asked to take its time. */
const sleeping = (recorder: Recorder): Recorder =>
  recorder
    .gauge('postgres.sessions.waiting', { wait_event_type: 'Timeout' }, flat(1))
    .counter('postgres.statement.calls', { query: 'SELECT pg_sleep($1)' }, flat(3))
    .counter('postgres.statement.seconds', { query: 'SELECT pg_sleep($1)' }, flat(1));

test('a statement that sleeps as it was asked to is not slow, one that makes requests fail is', () => {
  expect(first(sleeping(answering(200, 30, 400))).cause).toBe('none');
  const failing = answers(sleeping(answering(200, 30, 400)), 503, flat(3), 400, 'GET /report');
  expect(first(failing).cause).toBe('slow-statements');
});

test('slow statements that are next to nothing of what the requests wait for are beside the point', () => {
  const failing = (requestsPerSecond: number, secondsPerSecond: number): Recorder =>
    answers(answering(200, requestsPerSecond, 4000), 503, flat(3), 400, 'GET /report')
      .counter('postgres.statement.calls', { query: 'SELECT slow()' }, flat(secondsPerSecond * 3))
      .counter('postgres.statement.seconds', { query: 'SELECT slow()' }, flat(secondsPerSecond));
  const named = (...args: [number, number]): string[] =>
    diagnosisOf(failing(...args)).findings.map(({ cause }) => cause);
  expect(named(30, 0.5)).not.toContain('slow-statements');
  // The statements of a small pool are little of what a crowd waits, and what it waits for.
  const crowd = sessions(sessions(failing(100, 4), 'active', flat(4)), 'idle', flat(0));
  expect(diagnosisOf(crowd).findings.map(({ cause }) => cause)).toContain('slow-statements');
  const ended = logged(failing(30, 0.5), 'database', 'statement-timeout', 120, 'canceling statement due to timeout');
  expect(diagnosisOf(ended).findings.map(({ cause }) => cause)).toContain('slow-statements');
});

const held = (recorder: Recorder, heldPerSecond: number): Recorder =>
  recorder
    .counter('pooler.transactions', { pooler: '0' }, flat(100))
    .counter('pooler.transaction_seconds', { pooler: '0' }, flat(heldPerSecond));

test('a full pooler whose clients wait for less than the work takes is well used', () => {
  const stack = { stackSettings: pooled };
  const busy = (waiting: number) => held(withPooler(answering(200, 30, 450), flat(waiting), flat(10)), 10);
  expect(first(busy(4), stack).cause).toBe('none');
  expect(first(busy(20), stack).cause).toBe('pooler-pool');
});

/** Clients wait all the time: while server connections are opened, then for nothing that is seen, then for all. */
const openingUntil = (loginSeconds: number, fullFrom: number): Recorder =>
  withPooler(answering(200, 30, 2500), flat(30), (second) => (second < fullFrom ? 5 : 10)).gauge(
    'pooler.servers',
    { pooler: '0', database: 'app', state: 'login' },
    (second) => Number(second < loginSeconds),
  );

test('a crowd that waited for the pool at least as long as for its connections to be opened waits for the pool', () => {
  const named = (...times: [number, number]): string[] =>
    diagnosisOf(openingUntil(...times), { stackSettings: pooled }).findings.map(({ cause }) => cause);
  expect(named(26, 34)).toContain('pooler-pool');
  expect(named(29, 37)).not.toContain('pooler-pool');
});

test('slow answers whose time is that of their transactions and a shorter wait in the pooler are accounted for', () => {
  const stack = { stackSettings: pooled };
  const busy = (waiting: number, heldPerSecond: number) =>
    held(withPooler(answering(200, 20, 520), flat(waiting), flat(heldPerSecond)), heldPerSecond);
  const finding = first(busy(4, 7), stack);
  expect(finding.cause).toBe('none');
  expect(finding.sentence).toMatch(
    /on the average its transactions take 34\d ms, and it waits in the pooler for 19\d ms/,
  );
  expect(first(busy(1, 3), stack).cause).not.toBe('none');
  // Most of it is not of the requests: jobs hold connections, too.
  expect(first(busy(4, 12), stack).cause).not.toBe('none');
});

/** All of 40 come in the first three seconds, and each takes a second or more. */
const rush = (ms: number): Recorder => {
  const recorder = healthyStranger().remove('http_reqs').remove('http_req_duration');
  answers(recorder, 200, (second) => (second < 3 ? 40 : 0), ms);
  sessions(recorder, 'active', (second) => (second < 3 ? 10 : 0));
  return sessions(recorder, 'idle', (second) => (second < 3 ? 0 : 10));
};

test('a crowd that comes at one instant waits for the pool, in however few of the looks', () => {
  const finding = first(rush(1200));
  expect(finding.cause).toBe('app-pool');
  expect(finding.sentence).toContain(
    'most of the 10 connections of the service are in use while 100 % of the requests are under way',
  );
  expect(first(rush(300)).cause).toBe('none');
  const idle = sessions(sessions(rush(1200), 'active', flat(1)), 'idle', flat(9));
  expect(first(idle).cause).toBe('unknown');
  // Full for a moment again and again, whenever that was looked at, it is not what a request waits for.
  const now = sessions(answering(200, 10, 1600), 'active', (second) => (second % 6 === 0 ? 10 : 1));
  expect(first(sessions(now, 'idle', (second) => (second % 6 === 0 ? 0 : 9))).cause).toBe('unknown');
});

test('a crowd that the service itself saw waiting is told by it', () => {
  const waiting = rush(1200).gauge('db.client.connection.pending_requests', {}, (second) => (second < 3 ? 30 : 0));
  expect(first(waiting).evidence[0]?.source).toBe('db.client.connection.pending_requests');
});

const idleText = 'FATAL:  terminating connection due to idle-session timeout';

test('the pooler’s own connections that the database ended are told, though no request failed', () => {
  const behind = logged(withPooler(healthyStranger()), 'database', 'idle-timeout', 4, idleText);
  expect(first(behind)).toMatchObject({ cause: 'idle-timeout', kind: 'pooler-server' });
  const handled = logged(behind, 'service', 'idle-timeout', 4, idleText);
  expect(first(handled).cause).toBe('none');
});

test('connections that were ended for being idle are no restart, however many go at once', () => {
  const recorder = healthyStranger();
  sessions(recorder, 'active', flat(0));
  sessions(recorder, 'idle', (second) => (second === 20 ? 0 : 20));
  answers(recorder, 500, (second) => (second === 20 ? 12 : 0), 20);
  recorder.counter('postgres.sessions.opened', {}, (second) => (second === 21 ? 20 : 0));
  expect(first(recorder).cause).toBe('part-restarted');
  expect(chainOf(diagnosisOf(logged(recorder, 'service', 'idle-timeout', 12, idleText)))).toBe('idle-timeout');
});

test('logins that the database refused are tries of a storm as well', () => {
  const recorder = answering(200, 100, 900);
  answers(recorder, 503, flat(40), 900);
  sessions(recorder, 'idle', (second) => (second % 2 === 0 ? 97 : 60));
  recorder.counter('postgres.sessions.opened', {}, flat(40));
  const text = 'FATAL:  sorry, too many clients already';
  expect(first(logged(recorder, 'database', 'no-slot', 2400, text)).cause).toBe('login-storm');
  recorder.counter('postgres.sessions.opened', {}, flat(6));
  expect(first(recorder).cause).not.toBe('login-storm');
});

/** Under the service's own role, and not by the way that a tap sees. */
const beside = (recorder: Recorder, application: string): Recorder => {
  sessions(recorder.remove('postgres.sessions'), 'idle', flat(10), 'app', 'shop');
  sessions(recorder, 'active', flat(1), 'app', 'shop');
  sessions(recorder, 'idle', (second) => (second > 30 ? 86 : 0), 'app', application);
  const group = { hop: 'service-database', user: 'app', database: 'app', application: 'shop' };
  for (const state of ['starting', 'active', 'idle in transaction', 'idle'])
    recorder.gauge('tap.connections', { ...group, state }, flat(state === 'idle' ? 10 : 0));
  answers(recorder, 503, (second) => (second > 30 ? 20 : 0), 20);
  return logged(recorder, 'database', 'no-slot', 300, 'FATAL:  sorry, too many clients already');
};

test('sessions of the same role that no tap saw are another’s', () => {
  expect(first(beside(healthyStranger(), 'report')).cause).toBe('foreign-slots');
  expect(first(beside(healthyStranger(), 'shop')).cause).not.toBe('foreign-slots');
});

/** From second 20 on: those that gave up their logins are those that the pooler has no more. */
const givenUp = (timedOut: number): Recorder => {
  const recorder = withPooler(answering(200, 10, 900));
  const labels = { pooler: '0', database: 'app', state: 'active' };
  recorder.gauge('pooler.clients', labels, (second) => (second === 20 ? 11 : 30));
  recorder.counter('pooler.transactions', { pooler: '0' }, flat(50));
  answers(recorder, 503, (second) => (second === 20 ? 12 : 0), 900);
  const family = 'connect-timeout';
  return recorder.gauge('service.log_errors', { instance: '0', family }, (second) => (second >= 20 ? timedOut : 0));
};

test('connections that their own clients gave up are no part that went away', () => {
  expect(first(givenUp(0)).cause).toBe('part-restarted');
  expect(chainOf(diagnosisOf(givenUp(19)))).not.toContain('part-restarted');
});

test('what the limit of a role refused is not put down to a pooler that was started anew', () => {
  const recorder = withPooler(answering(200, 100, 20));
  recorder.gauge('pooler.transactions', { pooler: '0' }, (second) => (second < 20 ? 1000 + second : second));
  answers(recorder, 503, (second) => (second >= 20 && second < 30 ? 30 : 0), 20);
  expect(first(recorder).cause).toBe('part-restarted');
  const text = 'FATAL:  too many connections for role "app"';
  expect(first(logged(recorder, 'pooler', 'no-slot', 300, text)).cause).toBe('role-limit');
});

/** Nobody works at the moment of any look: then nobody is another, and all sessions are the service's. */
test('sessions that are never seen at work are counted as the service’s own', () => {
  const recorder = healthyStranger().remove('postgres.sessions');
  sessions(recorder, 'idle', flat(94));
  expect(first(recorder)).toMatchObject({ cause: 'pool-over-slots', sentence: expect.stringContaining('94 sessions') });
});
