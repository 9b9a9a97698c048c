/** What a naive harness gets wrong, by its number among the design's truths; each through the diagnosis. */
import { expect, test } from 'vitest';
import { flat, spike } from '../grade/fixtures/shapes.ts';
import { checkOf } from '../grade/fixtures/judge.ts';
import {
  answers,
  chainOf,
  diagnosisOf,
  healthyStranger,
  logged,
  pooled,
  sessions,
  withPooler,
} from './fixtures/stranger.ts';

const first = (...args: Parameters<typeof diagnosisOf>) => diagnosisOf(...args).findings[0]!;

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
});

test('5: what was acknowledged and is not there is wrong data, however well it was served', () => {
  const lost = checkOf('acknowledged-writes', 'I1', { status: 'violated', violations: 36, examined: 360 });
  expect(first(healthyStranger(), { checks: [lost] })).toMatchObject({
    cause: 'wrong-data',
    number: expect.stringContaining('36 of 360'),
  });
});

test('8: no effect of pool size: the database has no core left', () => {
  const recorder = answers(healthyStranger(), 200, flat(20), 900);
  sessions(recorder, 'active', flat(10));
  recorder.gauge('host.cpu_idle_share', {}, flat(0.02));
  const { cause, remedy } = first(recorder);
  expect(cause).toBe('database-cpu');
  expect(remedy.sentence).toContain('Pool sizes have no effect');
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
