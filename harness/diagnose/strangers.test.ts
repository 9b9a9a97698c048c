/** What strangers' services do, each of which was tried live once: the cause by what is left of the sources. */
import { expect, test } from 'vitest';
import { flat, spike } from '../grade/fixtures/shapes.ts';
import type { Recorder } from '../grade/fixtures/recorder.ts';
import type { CriterionResult } from '../result.ts';
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

const lost = (recorder: Recorder): Recorder =>
  logged(answers(recorder, 500, flat(1), 3), 'service', 'connection-lost', 40, 'Connection terminated unexpectedly');

test('a driver that only says "lost", and a limit that ends what rests as long as its connections do', () => {
  const stackSettings = { ...pooled, 'pgbouncer.client_idle_timeout': '2' };
  const { findings } = diagnosisOf(lost(withPooler(answering(200, 1, 20))), { stackSettings });
  expect(findings.map(({ cause, kind }) => [cause, kind])).toEqual([
    ['idle-timeout', 'pooler-client'],
    ['connect-failures', 'lost'],
  ]);
  expect(findings[0]!.evidence[0]!.text).toBe(
    "the pooler's client_idle_timeout is 2.0 s, and a connection rests for 5.0 s between two uses",
  );
  const direct = { stackSettings: { 'postgres.idle_session_timeout_ms': 2000 } };
  expect(first(lost(answering(200, 1, 20)), direct)).toMatchObject({ cause: 'idle-timeout', kind: 'database-session' });
});

test('a limit that no connection reaches is not blamed', () => {
  for (const limit of ['0', '600']) {
    const stackSettings = { ...pooled, 'pgbouncer.client_idle_timeout': limit };
    expect(first(lost(withPooler(answering(200, 9, 20))), { stackSettings }).cause).toBe('connect-failures');
    // What rests for seconds is lost all the same: then somebody else on the way ends it.
    const resting = first(lost(withPooler(answering(200, 1, 20))), { stackSettings });
    expect(resting).toMatchObject({ cause: 'idle-timeout', kind: 'network' });
  }
  const stackSettings = { ...pooled, 'pgbouncer.client_idle_timeout': '2' };
  expect(first(lost(withPooler(answering(200, 100, 20))), { stackSettings }).cause).toBe('connect-failures');
});

test('answers that take seconds are not well, though nothing that was seen is full', () => {
  const { cause, sentence } = first(answering(200, 10, 1600));
  expect(cause).toBe('unknown');
  expect(sentence).toMatch(/^Cannot tell, because half of all answers take 1\.6 s or longer, while 1\.0 sessions/);
});

/** Answers of 1.6 s by a service that tells of its pool: who waits for it, and how many connections are in use. */
const telling = (waiting: number, used: number): Recorder =>
  answering(200, 10, 1600)
    .gauge('db.client.connection.pending_requests', {}, flat(waiting))
    .gauge('db.client.connection.count', { state: 'used' }, flat(used));

test('slow answers that hardly use a connection, while they are free, wait inside the service', () => {
  const { cause, sentence, remedy } = first(telling(0, 1));
  expect(cause).toBe('unknown');
  expect(sentence).toMatch(/nobody waits for a connection of the app pool: that time goes by inside the service, or/);
  expect(remedy.sentence).toMatch(/^Look for what the service waits for before it asks for a connection/);
  expect(first(telling(1, 1)).cause).toBe('app-pool');
});

test('where they use one all the time, or something else is to be told, nothing is said of the inside', () => {
  expect(first(telling(0, 12)).sentence).toContain('nothing that was seen says where that time goes');
  const failing = first(answers(telling(0, 1), 500, flat(1), 1600, 'GET /failing'));
  expect(failing.sentence).not.toContain('inside the service');
  expect(failing.remedy.sentence).not.toContain('before it asks for a connection');
});

test('what a transaction pooler loses of a session cannot be seen when it was made before the run: that is said', () => {
  const about = (recorder: Recorder, mode: string): string =>
    first(recorder, { stackSettings: { ...pooled, 'pgbouncer.pool_mode': mode } }).against.join(' ');
  expect(about(withPooler(answering(200, 10, 1600)), 'transaction')).toContain(
    'LISTEN, SET and locks of a session do not hold',
  );
  expect(about(withPooler(answering(200, 10, 1600)), 'session')).not.toContain('LISTEN');
});

test('they are where their bound was declared and is kept', () => {
  const criteria = [{ id: 'api-p95', verdict: 'pass' } as CriterionResult];
  expect(first(answering(200, 10, 1600), { criteria }).cause).toBe('none');
});

const group = { hop: 'service-pooler', user: 'app', database: 'app', application: 'shop' };

/** A tap before a transaction pooler: so many SETs, over ten connections. */
const settingAll = (sets: number): Recorder => {
  const recorder = withPooler(answers(healthyStranger(), 500, flat(2), 20));
  for (const [state, count] of [
    ['idle', 9],
    ['active', 1],
    ['idle in transaction', 0],
    ['starting', 0],
  ] as const) {
    recorder.gauge('tap.connections', { ...group, state }, flat(count));
    recorder.gauge('tap.state_seconds', { ...group, state }, flat(count));
  }
  recorder.gauge('tap.acquisitions', group, flat(100));
  recorder.gauge('tap.opened', group, spike(0, 10, 1));
  recorder.gauge('tap.session_state', { ...group, kind: 'set' }, flat(sets / 60));
  return logged(recorder, 'service', 'statement-timeout', 120, 'canceling statement due to statement timeout');
};

test('a limit of one statement that ends those of others: SET behind a transaction pooler', () => {
  const found = diagnosisOf(settingAll(600), { stackSettings: pooled });
  expect(chainOf(found)).toBe('pool-mode > slow-statements');
  expect(found.findings[0]).toMatchObject({ kind: 'set' });
});

test('what a driver sets at its login is no such thing', () => {
  expect(chainOf(diagnosisOf(settingAll(10), { stackSettings: pooled }))).toBe('slow-statements');
});

test('row by row, seen by nothing but the commits of the database', () => {
  const asked = (perSecond: number): Recorder =>
    answering(200, 30, 180).gauge('postgres.commits', {}, (second) => 1000 + second * perSecond);
  const { cause, evidence } = first(asked(30 * 61 + 4));
  expect(cause).toBe('n-plus-one');
  expect(evidence[0]).toMatchObject({ source: 'pg_stat_database' });
  expect(first(asked(30 * 3)).cause).toBe('none');
});

test('a service that tries again itself: seen by the pooler, since k6 asks once', () => {
  const recorder = answers(withPooler(healthyStranger()), 500, (second) => (second > 20 && second < 40 ? 60 : 0), 900);
  recorder.counter('pooler.transactions', { pooler: '0' }, (second) => (second > 20 && second < 40 ? 900 : 100));
  const { findings } = diagnosisOf(recorder, { stackSettings: pooled });
  expect(findings.map(({ cause }) => cause)).toContain('retry-storm');
  expect(findings.find(({ cause }) => cause === 'retry-storm')!.evidence[0]!.source).toBe('SHOW STATS');
});

/** Six connections, of which one ends every three seconds; from second 20 on nobody is served. */
const dropped = (opensAnew: number): Recorder => {
  const recorder = answers(answering(200, 20, 20).remove('http_reqs'), 200, (second) => (second < 20 ? 20 : 0), 20);
  answers(recorder, 500, (second) => (second < 20 ? 1 : 20), 3000);
  recorder.remove('postgres.sessions').gauge('postgres.max_connections', {}, flat(100));
  const left = (second: number): number => Math.max(0, 6 - Math.floor(second / 3));
  sessions(recorder, 'idle', (second) => Math.max(0, left(second) - 1));
  sessions(recorder, 'active', (second) => Math.min(1, left(second)));
  recorder.gauge('postgres.sessions.opened', {}, (second) => (second > 30 ? opensAnew : 0));
  logged(recorder, 'service', 'constraint', 6, 'duplicate key value violates unique constraint "accounts_pkey"');
  logged(recorder, 'service', 'pool-wait', 600, "couldn't get a connection after 3.00 sec");
  const waits = { instance: '0', family: 'pool-wait' };
  return recorder.gauge('service.log_errors', waits, (second) => (second < 20 ? 0 : (second - 20) * 20));
};

test('a leaked connection that its driver closes leaves no session: none is left, and all wait', () => {
  const { cause, kind, sentence } = first(dropped(0));
  expect({ cause, kind }).toEqual({ cause: 'connection-leak', kind: 'failing-paths' });
  expect(sentence).toMatch(/all 6 connections of the service ended one after another, none is opened anew, and from/);
});

test('who dials anew leaks nothing', () => {
  expect(first(dropped(60)).cause).not.toBe('connection-leak');
});

test('a pool that gives back what it no longer needs was not started anew', () => {
  const recorder = answers(withPooler(healthyStranger()), 500, (second) => (second > 10 && second < 15 ? 20 : 0), 3000);
  const labels = { pooler: '0', database: 'app' };
  recorder.gauge('pooler.clients', { ...labels, state: 'active' }, (second) => (second < 30 ? 10 : 4));
  logged(recorder, 'service', 'pool-wait', 80, 'timeout exceeded when trying to connect');
  const named = (given: Recorder): string[] =>
    diagnosisOf(given, { stackSettings: pooled }).findings.map(({ cause }) => cause);
  expect(named(recorder)).not.toContain('part-restarted');
});

test("the pooler's client limit: as many as were counted, though few lines are kept", () => {
  const recorder = answers(withPooler(healthyStranger(), spike(0, 1, 30, 5), flat(10)), 500, flat(17), 60);
  logged(recorder, 'service', 'pooler-wait', 1000, 'FATAL: no more connections allowed (max_client_conn)');
  const [found] = diagnosisOf(recorder, { stackSettings: { ...pooled, 'pgbouncer.max_client_conn': '10' } }).findings;
  expect(found).toMatchObject({ cause: 'pooler-client-limit' });
  expect(found!.number).toMatch(/^1,000 clients turned away/);
});

test('where some of them waited instead, the lines that were kept are the least there were', () => {
  const recorder = answers(withPooler(healthyStranger(), spike(0, 1, 30, 5), flat(10)), 500, flat(17), 60);
  logged(recorder, 'service', 'pooler-wait', 1000, 'FATAL: no more connections allowed (max_client_conn)');
  logged(recorder, 'pooler', 'pooler-wait', 1000, 'closing because: no more connections allowed (max_client_conn)');
  recorder.log('service', 'FATAL: query_wait_timeout', 4000);
  const { findings } = diagnosisOf(recorder, { stackSettings: { ...pooled, 'pgbouncer.max_client_conn': '10' } });
  const found = findings.find(({ cause }) => cause === 'pooler-client-limit');
  expect(found!.number).toMatch(/^at least 1 client turned away/);
});

test("the pooler's size by the work that was asked for, and not by how long a queue was let grow", () => {
  const recorder = withPooler(answers(healthyStranger(), 500, flat(5), 3000), flat(17), flat(3));
  sessions(recorder, 'active', flat(3));
  recorder.counter('pooler.transactions', { pooler: '0' }, flat(100));
  recorder.counter('pooler.transaction_seconds', { pooler: '0' }, flat(4));
  const small = { ...pooled, 'pgbouncer.default_pool_size': '3' };
  const [found] = diagnosisOf(recorder, { stackSettings: small }).findings;
  expect(found).toMatchObject({ cause: 'pooler-pool' });
  // 105 asked for of 100 served, each 40 ms, and a quarter more.
  expect(found!.remedy.config!.lines).toBe('default_pool_size = 6');
});

test('a lock that outlasts the patience of the pool: nobody is served until it ends', () => {
  const recorder = healthyStranger().remove('http_reqs').remove('http_req_duration');
  const isLocked = (second: number): boolean => second > 10 && second <= 35;
  answers(recorder, 200, (second) => (isLocked(second) ? 0 : 20), 20);
  answers(recorder, 500, (second) => (second > 14 && second <= 35 ? 20 : 0), 3000);
  recorder.gauge('postgres.locks.waiting', {}, (second) => (isLocked(second) ? 10 : 0));
  sessions(recorder, 'active', (second) => (isLocked(second) ? 10 : 1));
  const { cause, sentence } = first(recorder);
  expect(cause).toBe('lock-queue');
  expect(sentence).toMatch(/^Nobody was served from 10\.0 s to 36\.0 s: up to 10 sessions waited for one lock/);
});

/** Five connections, all inside a transaction and none at work, but for a moment every four seconds. */
const nested = (family: string, text: string): Recorder => {
  const recorder = answering(500, 40, 3000);
  answers(recorder, 200, (second) => (second % 10 === 0 ? 1 : 0), 20);
  recorder.remove('postgres.sessions');
  sessions(recorder, 'active', (second) => (second % 4 === 0 ? 1 : 0));
  sessions(recorder, 'idle in transaction', (second) => (second % 4 === 0 ? 4 : 5));
  recorder.gauge('postgres.idle_in_transaction.age.max', {}, (second) => second % 4);
  return logged(recorder, 'service', family, 2000, text);
};

test.each([
  ['pool-wait', 'TimeoutError in asyncpg/pool.py'],
  ['client-timeout', 'context deadline exceeded'],
])('a second connection inside of a transaction, told as %s', (family, text) => {
  expect(first(nested(family, text)).cause).toBe('nested-checkout');
});

test('all of them were ended before the load began', () => {
  const recorder = lost(withPooler(answering(200, 2, 20)));
  recorder.gauge('pooler.clients', { pooler: '0', database: 'app', state: 'active' }, flat(0));
  const stackSettings = { ...pooled, 'pgbouncer.client_idle_timeout': '2' };
  const found = first(recorder, { stackSettings });
  expect(found).toMatchObject({ cause: 'idle-timeout', kind: 'pooler-client' });
  expect(found.evidence[0]!.text).toContain('not one connection of the service was left under load');
});
