/** What a naive harness gets wrong, by its number among the design's truths; each through the diagnosis. */
import { expect, test } from 'vitest';
import { flat, spike } from '../grade/fixtures/shapes.ts';
import { checkOf } from '../grade/fixtures/judge.ts';
import { classifyError } from '../measure/errors/classify.ts';
import {
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

test('1: a dead target answers 6,693 refusals a second in no time', () => {
  const recorder = healthyStranger().remove('http_reqs').remove('http_req_duration');
  recorder.gauge('http_reqs', { phase: 'load', status: '0', error_code: '1212', name: 'x' }, flat(6693));
  expect(first(recorder)).toMatchObject({ cause: 'wrong-target', kind: 'dead' });
});

test('2: 207 errors a second beside 195 good answers are no speed', () => {
  const recorder = answers(answers(healthyStranger(), 200, flat(195), 5), 500, flat(207), 2);
  const { cause, sentence } = first(recorder);
  expect(cause).toBe('unknown');
  expect(sentence).toMatch(/12,420 of 24,120 requests \(51\.5 %\) failed/);
});

test('3: 66 query_wait_timeouts that no client saw', () => {
  const recorder = withPooler(healthyStranger(), spike(0, 20, 20, 4), flat(10));
  logged(recorder, 'pooler', 'pooler-wait', 66, 'query_wait_timeout');
  expect(chainOf(diagnosisOf(recorder, { stackSettings: pooled }))).toBe('pooler-pool');
});

/** A tap before the pooler, which saw a session's state being made. */
const tapped = (kind: string) => {
  const recorder = withPooler(healthyStranger());
  const group = { hop: 'service-pooler', user: 'app', database: 'app', application: 'shop' };
  for (const [state, count] of [
    ['idle', 8],
    ['active', 1],
    ['idle in transaction', 0],
    ['starting', 0],
  ] as const) {
    recorder.gauge('tap.connections', { ...group, state }, flat(count));
    recorder.gauge('tap.state_seconds', { ...group, state }, flat(count));
  }
  recorder.gauge('tap.acquisitions', group, flat(100));
  return recorder.gauge('tap.session_state', { ...group, kind }, spike(0, 2, 5));
};

test('4: LISTEN through a transaction pooler gives no error, and is lost', () => {
  expect(first(tapped('listen'), { stackSettings: pooled })).toMatchObject({ cause: 'pool-mode', kind: 'listen' });
  expect(first(tapped('advisory lock'), { stackSettings: pooled })).toMatchObject({ kind: 'advisory-lock' });
  // In session mode it is kept.
  const session = { ...pooled, 'pgbouncer.pool_mode': 'session' };
  expect(chainOf(diagnosisOf(tapped('listen'), { stackSettings: session }))).toBe('none');
  // Past a pooler that nobody is a client of it is heard.
  const past = tapped('listen').remove('pooler.clients');
  for (const state of ['active', 'waiting'])
    past.gauge('pooler.clients', { pooler: '0', database: 'app', state }, flat(0));
  expect(chainOf(diagnosisOf(past, { stackSettings: pooled }))).toBe('none');
});

test("4: the pooler's log tells of it where there is no tap: notifications for a connection that nobody has", () => {
  const recorder = withPooler(healthyStranger());
  const text = "WARNING S-0x55: app/app@127.0.0.1:5432 got packet 'A' from server when not linked";
  const { family } = classifyError(text);
  const finding = first(logged(recorder, 'pooler', family, 1413, text), { stackSettings: pooled });
  expect(finding).toMatchObject({ cause: 'pool-mode', kind: 'listen' });
  expect(finding.evidence[0]).toMatchObject({ source: "the pooler's log", text: expect.stringContaining('1413 ×') });
  // What the pooler says of a server connection that ended is another thing.
  expect(classifyError(text.replace("'A'", "'E'")).family).not.toBe(family);
});

test('5: what was acknowledged and is not there is wrong data, however well it was served', () => {
  const lost = checkOf('acknowledged-writes', 'I1', { status: 'violated', violations: 36, examined: 360 });
  expect(first(healthyStranger(), { checks: [lost] })).toMatchObject({
    cause: 'wrong-data',
    number: expect.stringContaining('36 of 360'),
  });
});

/** A service with a pool of so many, whose transactions stay open over a call to somebody else. */
const holding = (pool: number, failed: number) => {
  const recorder = sessions(healthyStranger(), 'idle in transaction', flat(Math.min(pool, 31)));
  recorder.gauge('postgres.idle_in_transaction.age.max', {}, flat(0.9));
  if (failed > 0) logged(answers(recorder, 500, flat(failed), 3000), 'service', 'pool-wait', 60 * failed, poolWait);
  return recorder;
};
const poolWait = 'timeout exceeded when trying to connect';

test('6: a larger pool hides a held transaction (0 % failed, 31 sessions), and it is the finding all the same', () => {
  const [small, large] = [first(holding(10, 20)), first(holding(50, 0))];
  for (const finding of [small, large]) {
    expect(finding.cause).toBe('held-transactions');
    expect(finding.remedy.sentence).toContain('A larger pool only hides it');
  }
  expect(large.sentence).toContain('up to 31 sessions');
});

/** Each request takes a second connection: all of the pool sit in a transaction until the waiting is given up. */
const nested = (pool: number, servedPerSecond: number, failedPerSecond: number) => {
  const recorder = healthyStranger().remove('http_reqs').remove('http_req_duration');
  const isFree = (second: number): boolean => second % 6 === 0;
  sessions(recorder, 'active', (second) => (isFree(second) ? 2 : 0));
  sessions(recorder, 'idle in transaction', (second) => (isFree(second) ? 1 : pool));
  recorder.gauge('postgres.idle_in_transaction.age.max', {}, (second) => second % 6);
  recorder.counter('postgres.rollbacks', {}, flat(failedPerSecond));
  answers(answers(recorder, 200, flat(servedPerSecond), 3000), 500, flat(failedPerSecond), 5000);
  return logged(recorder, 'service', 'pool-wait', 60 * failedPerSecond, poolWait);
};

test.each([
  [10, 0.6, 99.4],
  [35, 2.4, 97.6],
])('7: two connections a request, with a pool of %i: no size is named, since none cures it', (pool, served, failed) => {
  const diagnosis = diagnosisOf(nested(pool, served, failed));
  expect(diagnosis.findings[0]!.cause).toBe('nested-checkout');
  expect(JSON.stringify(diagnosis)).not.toMatch(/pool\.max =|default_pool_size =/);
});

test('8: no effect of pool size: the database has no core left', () => {
  const recorder = answers(healthyStranger(), 200, flat(20), 900);
  sessions(recorder, 'active', flat(10));
  recorder.gauge('host.cpu_idle_share', {}, flat(0.02));
  const { cause, remedy } = first(recorder);
  expect(cause).toBe('database-cpu');
  expect(remedy.sentence).toContain('Pool sizes have no effect');
});

test.each([100, 69, 55])('9: unchanged code at %i requests a second: how fast one run was is no cause', (perSecond) => {
  const recorder = healthyStranger().remove('http_reqs').remove('http_req_duration');
  expect(chainOf(diagnosisOf(answers(recorder, 200, flat(perSecond), 2000 / perSecond)))).toBe('none');
});

test.each([1.8, 95])('10: one misconfiguration that fails %f %% is named by its class', (percent) => {
  const recorder = healthyStranger().remove('http_reqs').remove('http_req_duration');
  answers(answers(recorder, 200, flat(100 - percent), 20), 500, flat(percent), 5);
  logged(recorder, 'service', 'pool-mode', Math.round(60 * percent), 'prepared statement "s1" already exists');
  expect(first(recorder, { stackSettings: pooled })).toMatchObject({ cause: 'pool-mode' });
});

test('11: 2 of 52,261 is not "0.00 %"', () => {
  const recorder = answers(healthyStranger(), 200, (second) => (second === 1 ? 859 : 871.17), 20);
  answers(recorder, 500, (second) => (second === 30 ? 2 : 0), 20);
  logged(recorder, 'service', 'pool-mode', 2, 'prepared statement "s1" does not exist');
  const { cause, number } = first(recorder);
  expect(cause).toBe('pool-mode');
  expect(number).toMatch(/^2 of 52,2\d\d requests \(< 0\.01 %\)/);
});

test('12: sessions that nobody saw are not none', () => {
  const recorder = healthyStranger().remove('postgres.sessions');
  expect(first(recorder).sentence).toMatch(/^Cannot tell, because the sessions of the database were not seen/);
});

test('12: sessions whose doings the probe may not see are not idle', () => {
  const hidden = () => sessions(healthyStranger().remove('postgres.sessions'), 'hidden', flat(31));
  expect(first(hidden()).sentence).toMatch(/what they do is hidden from the probe/);
  const { sentence, against } = first(answers(hidden(), 500, flat(3), 3000));
  expect(sentence).toMatch(/^Cannot tell/);
  expect(against.join(' ')).toContain('pg_monitor');
});

test('12: the probe that is refused itself has seen nothing, and names nobody', () => {
  const recorder = answers(healthyStranger().remove('postgres.sessions'), 500, flat(3), 3000);
  const { cause, sentence } = first(recorder);
  expect(cause).toBe('unknown');
  expect(sentence).toMatch(/^Cannot tell, because the sessions of the database were not seen/);
});

test('13: what the last leg left (idle sessions, a transaction of a tool) is not what this run did', () => {
  const recorder = sessions(healthyStranger(), 'idle', flat(31), 'app', 'last-leg');
  sessions(recorder, 'idle in transaction', flat(1), 'postgres', 'psql');
  recorder.gauge('postgres.idle_in_transaction.age.max', {}, (second) => 600 + second);
  expect(chainOf(diagnosisOf(recorder))).toBe('none');
});

test.each([
  ['timeout exceeded when trying to connect', 'pool-wait', 'app-pool'],
  ['QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00', 'pool-wait', 'app-pool'],
  ['main - Connection is not available, request timed out after 30000ms.', 'pool-wait', 'app-pool'],
  ['query_wait_timeout', 'pooler-wait', 'pooler-pool'],
  ['no more connections allowed (max_client_conn)', 'pooler-wait', 'pooler-client-limit'],
  ['prepared statement "S_1" does not exist', 'pool-mode', 'pool-mode'],
  ['prepared statement "s0" already exists', 'pool-mode', 'pool-mode'],
  ['bind message supplies 1 parameters, but prepared statement "" requires 2', 'pool-mode', 'pool-mode'],
])('14: a family whatever the words: %s', (text, family, wanted) => {
  expect(classifyError(text).family).toBe(family);
  const waiting = flat(text === 'query_wait_timeout' ? 5 : 0);
  const recorder = answers(withPooler(healthyStranger(), waiting, flat(10)), 500, flat(2), 3000);
  const [found] = diagnosisOf(logged(recorder, 'service', family, 100, text), { stackSettings: pooled }).findings;
  expect(found!.cause).toBe(wanted);
});

test.each([
  'sorry, too many clients already',
  'remaining connection slots are reserved for non-replication superuser connections',
  'remaining connection slots are reserved for roles with the SUPERUSER attribute',
])('14: no slot, as "%s"', (text) => {
  const recorder = answers(sessions(healthyStranger(), 'idle', flat(93)), 500, flat(10), 5);
  expect(first(logged(recorder, 'service', 'no-slot', 500, text)).cause).toBe('pool-over-slots');
});

test('idle sessions that were ended and replaced, with every request served, are nothing wrong', () => {
  const recorder = logged(
    healthyStranger(),
    'service',
    'idle-timeout',
    23,
    'terminating connection due to idle-session timeout',
  );
  expect(chainOf(diagnosisOf(recorder))).toBe('none');
  expect(first(answers(recorder, 500, flat(0.5), 5))).toMatchObject({
    cause: 'idle-timeout',
    kind: 'database-session',
  });
});

test('short waits for rows are part of work; sessions that do nothing but wait are a queue', () => {
  const busy = sessions(answers(healthyStranger(), 200, flat(50), 700), 'active', flat(30));
  busy.gauge('postgres.locks.waiting', {}, flat(5));
  expect(diagnosisOf(busy).findings.map(({ cause }) => cause)).not.toContain('lock-queue');
  busy.gauge('postgres.locks.waiting', {}, flat(27));
  expect(first(busy).cause).toBe('lock-queue');
});

test('a service started anew is named by its connections; clients that come and go are not', () => {
  const replaced = (second: number): number => (second > 20 && second < 24 ? 0 : 10);
  const restarted = sessions(healthyStranger(), 'idle', replaced);
  restarted.counter('postgres.sessions.opened', {}, (second) => (second === 24 ? 10 : 0));
  expect(first(answers(restarted, 502, spike(0, 20, 22, 2), 5))).toMatchObject({
    cause: 'part-restarted',
    kind: 'service',
  });
  const coming = sessions(healthyStranger(), 'idle', (second) => 10 + 40 * (second % 3));
  expect(diagnosisOf(answers(coming, 502, spike(0, 20, 22, 2), 5)).findings[0]!.cause).not.toBe('part-restarted');
});
