/** What logins look like from outside, and what only looks like them: shapes as saved runs have them. */
import { describe, expect, test } from 'vitest';
import { flat, type Shape } from '../grade/fixtures/shapes.ts';
import type { Recorder } from '../grade/fixtures/recorder.ts';
import { answers, chainOf, diagnosisOf, healthyStranger, logged, pooled, sessions } from './fixtures/stranger.ts';

const between =
  (from: number, until: number, value: number): Shape =>
  (second) =>
    second >= from && second < until ? value : 0;

/** A pooler that logs in one server connection after another, while its clients wait. */
const openingOneByOne = (recorder: Recorder, full: number | null = null): Recorder => {
  const labels = { pooler: '0', database: 'app' };
  recorder.gauge('pooler.clients', { ...labels, state: 'active' }, flat(10));
  recorder.gauge('pooler.clients', { ...labels, state: 'waiting' }, flat(28));
  recorder.gauge(
    'pooler.servers',
    { ...labels, state: 'active' },
    full === null ? (s) => Math.floor(s / 8) : flat(full),
  );
  recorder.gauge('pooler.servers', { ...labels, state: 'login' }, full === null ? flat(1) : flat(0));
  recorder.gauge('pooler.maxwait', labels, flat(5));
  return logged(
    answers(recorder, 503, flat(2), 3000),
    'service',
    'pool-wait',
    23,
    'timeout exceeded when trying to connect',
  );
};

describe("the pooler's logins", () => {
  test('28 clients wait while 7 of 10 server connections are open and one logs in: no size is named', () => {
    const diagnosis = diagnosisOf(openingOneByOne(healthyStranger()), { stackSettings: pooled });
    expect(chainOf(diagnosis)).toBe('login-storm > app-pool');
    expect(diagnosis.findings[0]!).toMatchObject({ kind: 'behind-pooler' });
    expect(JSON.stringify(diagnosis)).not.toContain('default_pool_size =');
  });

  test('nobody gives up: then the pooler is only cold', () => {
    const recorder = openingOneByOne(healthyStranger());
    const diagnosis = diagnosisOf(recorder.remove('service.log_errors'), { stackSettings: pooled });
    expect(diagnosis.findings[0]).toMatchObject({ cause: 'cold-start', kind: 'pooler' });
    expect(JSON.stringify(diagnosis)).not.toContain('default_pool_size =');
  });

  test('so it is where nobody knows how many it may have', () => {
    expect(chainOf(diagnosisOf(openingOneByOne(healthyStranger())))).toBe('login-storm > app-pool');
  });

  test('all that it may have are there: then it is the pool', () => {
    const diagnosis = diagnosisOf(openingOneByOne(healthyStranger(), 10), { stackSettings: pooled });
    expect(chainOf(diagnosis)).toBe('pooler-pool > app-pool');
  });

  test('a pool of its own for one database, smaller than the default, is full at its peak', () => {
    const diagnosis = diagnosisOf(openingOneByOne(healthyStranger(), 6), { stackSettings: pooled });
    expect(chainOf(diagnosis)).toBe('pooler-pool > app-pool');
  });
});

describe('logins at once', () => {
  const storming = (until: number): Recorder => {
    const recorder = sessions(healthyStranger(), 'starting', between(0, until, 15), '');
    return logged(
      answers(recorder, 503, flat(1), 3000),
      'service',
      'pool-wait',
      20,
      'timeout exceeded when trying to connect',
    );
  };

  test('who gives up meanwhile, waits for them', () => {
    expect(chainOf(diagnosisOf(storming(10)))).toBe('login-storm > app-pool');
  });

  test('who gives up for the first time long after the last login, waits for connections that others keep', () => {
    const recorder = sessions(healthyStranger(), 'starting', between(0, 3, 15), '');
    answers(recorder, 503, flat(1), 3000);
    recorder.gauge('service.log_errors', { instance: '0', family: 'pool-wait' }, (second) => (second < 12 ? 0 : 55));
    recorder.gauge('log.lines', { component: 'service', instance: '0', kind: 'read' }, flat(100));
    expect(chainOf(diagnosisOf(recorder))).toBe('app-pool');
  });
});

describe('the way to the database', () => {
  /** Ten logins of 1.1 s each (a link of 550 ms there and back), and transactions that are idle for one way. */
  const over = (loginSeconds: number, idleSeconds: number): Recorder => {
    const recorder = sessions(healthyStranger(), 'starting', between(1, 1 + 10 * loginSeconds, 1), '');
    recorder.counter('postgres.sessions.opened', {}, (second) => (second < 10 ? 1 : 0));
    sessions(recorder, 'idle in transaction', flat(12));
    recorder.gauge('postgres.idle_in_transaction.age.max', {}, flat(idleSeconds));
    return recorder;
  };

  test('a transaction over a slow link is idle while its statements travel', () => {
    expect(chainOf(diagnosisOf(over(1.1, 0.55)))).toBe('none');
  });

  test('beyond the way it is held, also over that link', () => {
    expect(chainOf(diagnosisOf(over(1.1, 3)))).toBe('held-transactions');
    expect(chainOf(diagnosisOf(over(0.02, 0.3)))).toBe('held-transactions');
  });
});

describe('a restart, and what looks like one', () => {
  const filling: Shape = (second) => [0, 8, 20, 32][second % 4]!;

  test('pools that empty and fill again while requests fail: restarted, and no login a request', () => {
    const recorder = sessions(healthyStranger().remove('postgres.sessions'), 'idle', filling);
    recorder.counter('postgres.sessions.opened', {}, (second) => (second % 4 === 0 ? 0 : 10));
    expect(chainOf(diagnosisOf(answers(recorder, 503, flat(3), 5)))).toBe('part-restarted');
  });

  test.each([
    ['connection-lost', 'read ECONNRESET', 'connect-failures'],
    ['no-slot', 'sorry, too many clients already', 'pool-over-slots'],
  ])('who tells of %s while its connections fall was there all the time', (family, text, cause) => {
    const recorder = sessions(healthyStranger(), 'idle', (second) => (second > 20 && second < 24 ? 0 : 10));
    recorder.counter('postgres.sessions.opened', {}, (second) => (second === 24 ? 10 : 0));
    answers(recorder, 502, between(20, 24, 5), 5);
    expect(chainOf(diagnosisOf(recorder))).toMatch(/^part-restarted/);
    expect(chainOf(diagnosisOf(logged(recorder, 'service', family, 20, text)))).toMatch(new RegExp(`^${cause}`));
  });

  test('a database that was still starting before the load began did not go away', () => {
    const recorder = healthyStranger();
    recorder.gauge('postgres.log_errors', { instance: '0', family: 'server-restart' }, flat(1));
    recorder.log('database', 'FATAL:  the database system is starting up', 1500);
    recorder.logLines.at(-1)!.family = 'server-restart';
    const phase = { name: 'load', kind: 'steady' as const, fullSeconds: 57, activeJobs: 0 };
    const changed = { phases: [{ ...phase, startMs: 3000, endMs: 60_000 }] };
    const diagnosis = diagnosisOf(answers(recorder, 500, between(20, 22, 1), 5), changed);
    expect(chainOf(diagnosis)).not.toContain('part-restarted');
  });
});
