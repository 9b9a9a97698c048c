/** What a tap tells of a pool: that requests wait for it, that it is well used, that no core is what is busy. */
import { expect, test } from 'vitest';
import { durations, type Recorder } from '../grade/fixtures/recorder.ts';
import { flat } from '../grade/fixtures/shapes.ts';
import { answering, answers, diagnosisOf, first, logged, pooled, sessions, withPooler } from './fixtures/stranger.ts';

const group = { hop: 'service-database', user: 'app', database: 'app', application: 'shop' };

/** Ten connections, of which so many are in use; 30 holds a second of requests, and some of jobs, which take long. */
const tapped = (recorder: Recorder, inUse: number, holdMs = 30, jobs = 10): Recorder => {
  for (const [state, count] of [
    ['idle', 10 - inUse],
    ['active', inUse],
    ['idle in transaction', 0],
    ['starting', 0],
  ] as const) {
    recorder.gauge('tap.connections', { ...group, state }, flat(Math.round(count)));
    recorder.gauge('tap.state_seconds', { ...group, state }, flat(count));
  }
  recorder.gauge('tap.acquisitions', group, flat(40));
  return recorder.histogram('tap.hold_time', { ...group, what: 'single' }, () => [
    ...Array.from({ length: 30 }, () => holdMs / 1000),
    ...Array.from({ length: jobs }, () => 0.8),
  ]);
};

test('requests that take many times what they use a pool for, all of which is in use, wait for it', () => {
  const found = first(tapped(answering(200, 30, 260), 9));
  expect(found).toMatchObject({ cause: 'app-pool' });
  expect(found.number).toMatch(
    /^half of the times that a connection is held are 3\d ms or less, a request takes 2\d\d ms: the rest is waiting$/,
  );
});

test('of a pool that is used up half find a connection, and one in twenty waits for one', () => {
  const late = (inUse: number): Recorder =>
    tapped(answers(answering(200, 25, 100), 200, flat(5), 420, 'GET /late'), inUse);
  const found = first(late(9.4));
  expect(found).toMatchObject({ cause: 'app-pool' });
  expect(found.number).toMatch(/one request in twenty takes 4\d\d ms or longer: the rest is waiting$/);
  expect(first(late(8.7)).cause).toBe('none');
});

test('a pool that is well used, or that requests do not wait for, is no cause', () => {
  expect(first(tapped(answering(200, 30, 260), 7)).cause).toBe('none');
  // What a request takes is what it holds its connection for.
  expect(first(tapped(answering(200, 30, 260), 9, 150)).cause).toBe('none');
  // Connections that nobody read may be idle.
  const unread = tapped(answering(200, 30, 260), 9).gauge('tap.unread', { hop: group.hop, why: 'tls' }, flat(3));
  expect(first(unread).cause).toBe('none');
  // Several times as long, and nobody feels it.
  expect(first(tapped(answering(200, 30, 20), 9, 5)).cause).toBe('none');
});

/** Requests of over two seconds that use a connection for a few ms of it. */
const elsewhere = (): Recorder => tapped(answering(200, 30, 2500), 0.4, 3, 0);

test('requests that wait for logins, for the pooler or in a crowd do not make the service the busy one', () => {
  expect(first(elsewhere()).cause).toBe('service-cpu');
  const logins = elsewhere()
    .gauge('tap.opened', group, (second) => (second === 10 ? 30 : 0))
    .histogram('tap.login_time', group, () => durations(2, 400).map((ms) => ms / 1000));
  expect(diagnosisOf(logins).findings.map(({ cause }) => cause)).not.toContain('service-cpu');
  const waiting = withPooler(elsewhere(), flat(20), flat(10));
  expect(diagnosisOf(waiting, { stackSettings: pooled }).findings.map(({ cause }) => cause)).not.toContain(
    'service-cpu',
  );
  const crowd = elsewhere().remove('tap.connections');
  for (const state of ['active', 'idle', 'idle in transaction', 'starting'])
    crowd.gauge('tap.connections', { ...group, state }, (second) => {
      if (state === 'active') return second === 30 ? 10 : 0;
      return state === 'idle' && second !== 30 ? 10 : 0;
    });
  expect(first(crowd).cause).toBe('unknown');
});

/** Requests are served, slowly; transactions of work that no request waits for stand still, give up, and begin anew. */
const nestedBeside = (rolledBackPerSecond: number): Recorder => {
  const recorder = tapped(answering(200, 12, 2300), 7);
  recorder.remove('postgres.sessions');
  sessions(recorder, 'active', (second) => (second % 4 === 0 ? 1 : 0));
  sessions(recorder, 'idle in transaction', (second) => (second % 4 === 0 ? 4 : 5));
  recorder.gauge('postgres.idle_in_transaction.age.max', {}, (second) => second % 4);
  recorder.counter('postgres.rollbacks', {}, flat(rolledBackPerSecond));
  return logged(recorder, 'service', 'pool-wait', 35, 'timeout exceeded when trying to connect');
};

test('who waits for a second connection gives up, though no request fails by it; long transactions end well', () => {
  expect(first(nestedBeside(0.5)).cause).toBe('nested-checkout');
  expect(first(nestedBeside(0)).cause).not.toBe('nested-checkout');
});
