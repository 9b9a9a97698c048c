/** The kinds of cases that people bring, each with its right answer and the wrong ones that were given before. */
import { describe, expect, test } from 'vitest';
import { causeIds } from '../../scenarios/lib/causes.ts';
import { flat, leak, spike } from '../grade/fixtures/shapes.ts';
import { loadTotals } from '../grade/fixtures/judge.ts';
import {
  answers,
  causes,
  chainOf,
  diagnosisOf,
  healthyStranger,
  logged,
  pooled,
  sessions,
  withPooler,
} from './fixtures/stranger.ts';

const said = (recorder: Parameters<typeof diagnosisOf>[0], changed: Parameters<typeof diagnosisOf>[1] = {}): string =>
  JSON.stringify(diagnosisOf(recorder, changed).findings[0]);

test('there is a file for each cause that a scenario may declare, and no other', () => {
  expect(causes.map(({ id }) => id).toSorted()).toEqual([...causeIds].toSorted());
  expect(new Set(causes.map(({ rank }) => rank)).size).toBe(causes.length);
  const known = new Set<string>(causeIds);
  for (const { id, explains, rank } of causes) {
    for (const other of explains) {
      expect(known, `${id} explains ${other}`).toContain(other);
      expect(causes.find((one) => one.id === other)!.rank, `${id} stands before ${other}`).toBeGreaterThan(rank);
    }
  }
});

describe('connections that are held', () => {
  const held = () => {
    const recorder = withPooler(healthyStranger(), flat(8), flat(10));
    sessions(recorder, 'active', flat(0));
    sessions(recorder, 'idle in transaction', flat(10));
    recorder.gauge('postgres.idle_in_transaction.age.max', {}, flat(0.3));
    return answers(recorder, 200, flat(30), 900);
  };

  test('300 ms a request behind a full pooler: the pooler is the consequence, and no size is named', () => {
    const diagnosis = diagnosisOf(held(), { stackSettings: pooled });
    expect(chainOf(diagnosis)).toBe('held-transactions > pooler-pool');
    expect(JSON.stringify(diagnosis)).not.toContain('default_pool_size =');
  });

  test('a larger pool hides it (0 % failed, 31 sessions idle in transaction): still the finding', () => {
    const recorder = healthyStranger();
    sessions(recorder, 'idle in transaction', flat(31));
    recorder.gauge('postgres.idle_in_transaction.age.max', {}, flat(4));
    expect(chainOf(diagnosisOf(recorder))).toBe('held-transactions');
    expect(said(recorder)).toContain('31 sessions');
  });

  test('a transaction over a network link of 10 ms is none', () => {
    const recorder = healthyStranger();
    sessions(recorder, 'idle in transaction', flat(3));
    recorder.gauge('postgres.idle_in_transaction.age.max', {}, flat(0.02));
    expect(chainOf(diagnosisOf(recorder))).toBe('none');
  });

  test('for good: a leak, whose age grows as time goes by', () => {
    const recorder = healthyStranger();
    sessions(recorder, 'idle in transaction', (second) => Math.min(10, Math.floor(second / 4)));
    recorder.gauge('postgres.idle_in_transaction.age.max', {}, (second) => Math.max(0, second - 4));
    answers(recorder, 200, (second) => (second < 40 ? 100 : 0), 20);
    answers(recorder, 500, (second) => (second < 40 ? 0 : 20), 3000);
    logged(recorder, 'service', 'pool-wait', 400, 'timeout exceeded when trying to connect');
    expect(chainOf(diagnosisOf(recorder))).toMatch(/^connection-leak/);
  });

  test('outside of any transaction: nobody works, nobody is served', () => {
    const recorder = healthyStranger();
    sessions(recorder, 'active', (second) => (second < 30 ? 1 : 0));
    answers(recorder, 200, (second) => (second < 30 ? 100 : 0), 20);
    answers(recorder, 500, (second) => (second < 33 ? 0 : 20), 3000);
    logged(recorder, 'service', 'pool-wait', 500, 'timeout exceeded when trying to connect');
    expect(chainOf(diagnosisOf(recorder))).toBe('connection-leak > app-pool');
  });

  test('two connections a request: 97.6 % fail with 35, and no size is named', () => {
    const recorder = healthyStranger();
    const isFree = (second: number): boolean => second % 6 === 0;
    sessions(recorder, 'active', (second) => (isFree(second) ? 3 : 0));
    sessions(recorder, 'idle in transaction', (second) => (isFree(second) ? 5 : 35));
    sessions(recorder, 'idle', flat(0));
    recorder.gauge('postgres.idle_in_transaction.age.max', {}, (second) => second % 6);
    recorder.counter('postgres.rollbacks', {}, flat(10));
    answers(recorder, 200, (second) => (isFree(second) ? 2 : 0), 3000);
    answers(recorder, 500, (second) => (isFree(second) ? 35 : 10), 5000);
    logged(recorder, 'service', 'pool-wait', 600, 'timeout exceeded when trying to connect');
    const diagnosis = diagnosisOf(recorder);
    expect(diagnosis.findings[0]!.cause).toBe('nested-checkout');
    expect(JSON.stringify(diagnosis)).not.toMatch(/pool\.max =|default_pool_size =/);
  });
});

describe('locks (C1, D4)', () => {
  const queue = {
    relation: 'items',
    holder: 'pg_dump',
    holder_state: 'active',
    holder_does: 'COPY',
    first: 'migrate',
    first_does: 'ALTER TABLE',
  };

  test('the queue, its first, the holder and the table; full pools follow', () => {
    const recorder = withPooler(healthyStranger(), (second) => (second > 20 ? 15 : 0), flat(10));
    const waits = (second: number): number => (second > 20 ? 10 : 0);
    recorder.gauge('postgres.locks.waiting', {}, waits);
    recorder.gauge('postgres.lock_queue', queue, waits);
    answers(recorder, 200, (second) => (second > 20 ? 0 : 100), 20);
    answers(recorder, 500, (second) => (second > 22 ? 20 : 0), 3000);
    const diagnosis = diagnosisOf(recorder, { stackSettings: pooled });
    expect(chainOf(diagnosis)).toBe('lock-queue > pooler-pool');
    const { sentence } = diagnosis.findings[0]!;
    expect(sentence).toMatch(
      /on items; first in the queue is migrate \(ALTER TABLE\), and it waits for pg_dump \(COPY\)/,
    );
  });

  test('with an idle reader the transaction left open is named', () => {
    const recorder = healthyStranger();
    const left = { ...queue, holder: 'psql', holder_does: 'SELECT', holder_state: 'idle in transaction' };
    sessions(recorder, 'idle in transaction', flat(1), 'app', 'psql');
    recorder.gauge('postgres.idle_in_transaction.age.max', {}, leak(0, 1));
    recorder.gauge('postgres.locks.waiting', {}, flat(9));
    recorder.gauge('postgres.lock_queue', left, flat(9));
    answers(recorder, 500, flat(10), 3000);
    const diagnosis = diagnosisOf(recorder);
    expect(chainOf(diagnosis)).toBe('lock-queue');
    expect(diagnosis.findings[0]!.sentence).toMatch(/migrate.*psql \(SELECT\), a transaction left open/);
  });

  test("waits that only Postgres' log tells are a queue too, with the holder's process", () => {
    const recorder = healthyStranger().remove('postgres.locks.waiting');
    answers(recorder, 500, (second) => (second > 30 ? 5 : 0), 3000);
    const wait = (pid: number, queue: string): string =>
      `process ${pid} still waiting for AccessShareLock on relation 16402 of database 16384 after 1000.2 ms · ` +
      `Process holding the lock: 4650. Wait queue: ${queue}.`;
    recorder.log('database', wait(4702, '4702'), 31_000);
    recorder.log('database', wait(4711, '4702, 4711'), 32_000);
    expect(diagnosisOf(recorder).findings[0]!.cause).toBe('unknown');
    recorder.log('database', wait(4712, '4702, 4711, 4712, 4713'), 33_000);
    const [found] = diagnosisOf(recorder).findings;
    expect(found!.cause).toBe('lock-queue');
    expect(found!.sentence).toContain('up to 4 sessions waited for one lock');
    expect(JSON.stringify(found!.evidence)).toContain('3 × process 4712');
    recorder.log(
      'database',
      'Prozess 4713 wartet immer noch auf AccessShareLock-Sperre auf Relation 16402 der Datenbank 16384 nach ' +
        '1000,200 ms · Prozess, der die Sperre hält: 4650. Warteschlange: 1, 2, 3, 4, 5.',
      34_000,
    );
    expect(diagnosisOf(recorder).findings[0]!.sentence).toContain('up to 5 sessions waited for one lock');
    expect(JSON.stringify(found!.evidence)).toContain('holding the lock: 4650');
  });

  test('a stop of 4.5 s in a closed loop: the lock, then what no percentile shows', () => {
    const recorder = healthyStranger().remove('http_reqs').remove('http_req_duration');
    const isSilent = (second: number): boolean => second > 14 && second < 19;
    answers(recorder, 200, (second) => (isSilent(second) ? 0 : 100), 20);
    recorder.histogram(
      'http_req_duration',
      { phase: 'load', kind: 'interactive', status: '200', name: 'GET /items' },
      (second) => {
        if (isSilent(second)) return [];
        return second === 19 ? [4500] : [20, 20, 20];
      },
    );
    recorder.gauge('postgres.locks.waiting', {}, (second) => (isSilent(second) ? 5 : 0));
    const script = {
      seconds: 60,
      users: 5,
      perSecond: null,
      closed: true,
      aborting: [],
      systemTags: [],
      trendStats: [],
    };
    const diagnosis = diagnosisOf(recorder, { load: { interactivePerSecond: 0, seed: 1, script } });
    expect(chainOf(diagnosis)).toBe('lock-queue > closed-loop-stall');
    expect(diagnosis.findings[0]!.sentence).toMatch(/^Nobody was answered from 14\.0 s to 18\.5 s/);
  });
});

test('clients that give up (C5): not a pool that is too small', () => {
  const recorder = withPooler(healthyStranger(), flat(12), flat(5));
  recorder.remove('postgres.sessions');
  sessions(recorder, 'active', flat(41));
  recorder.counter('postgres.sessions.opened', {}, flat(7));
  recorder.counter('postgres.sessions.abandoned', {}, flat(7));
  answers(recorder, 500, flat(20), 250);
  logged(recorder, 'service', 'client-timeout', 400, 'Query read timeout');
  const diagnosis = diagnosisOf(recorder, { stackSettings: { ...pooled, 'pgbouncer.default_pool_size': '5' } });
  expect(chainOf(diagnosis)).toMatch(/^impatient-clients > pooler-pool/);
  expect(JSON.stringify(diagnosis)).not.toContain('default_pool_size =');
});

describe('small disturbances count', () => {
  test('7 of 1,601 requests failed by a prepared statement, though every bound is kept', () => {
    const recorder = healthyStranger();
    answers(recorder, 200, (second) => (second <= 54 ? 29.5 : 0.2), 20);
    answers(recorder, 500, (second) => (second < 8 ? 1 : 0), 10);
    logged(recorder, 'service', 'pool-mode', 7, 'prepared statement "s1" does not exist');
    const diagnosis = diagnosisOf(recorder);
    expect(diagnosis.findings[0]!.cause).toBe('pool-mode');
    expect(diagnosis.findings[0]!.share).toMatchObject({ requestsFailed: 7, ofFailed: 7 });
  });

  test('the client sees no error while the pooler logged 66 query_wait_timeouts', () => {
    const recorder = withPooler(healthyStranger(), spike(0, 20, 20, 4), flat(10));
    logged(recorder, 'pooler', 'pooler-wait', 66, 'query_wait_timeout');
    expect(chainOf(diagnosisOf(recorder, { stackSettings: pooled }))).toBe('pooler-pool');
    expect(said(recorder)).toContain('66');
  });
});

describe('no slot', () => {
  const refused = (recorder = healthyStranger()) => {
    answers(recorder, 500, flat(10), 5);
    return logged(recorder, 'service', 'no-slot', 500, 'sorry, too many clients already');
  };

  test('replicas × pool', () => {
    expect(chainOf(diagnosisOf(refused(sessions(healthyStranger(), 'idle', flat(94)))))).toBe('pool-over-slots');
  });

  test("another tenant's sessions", () => {
    const recorder = refused(sessions(healthyStranger(), 'idle', flat(85), 'reports', 'metabase'));
    expect(chainOf(diagnosisOf(recorder))).toBe('foreign-slots');
    expect(said(recorder)).toContain('reports (metabase) 85 sessions');
  });

  test("the role's own limit", () => {
    const recorder = sessions(healthyStranger(), 'idle', flat(49));
    recorder.gauge('postgres.role_limit', { role: 'app' }, flat(50));
    answers(recorder, 500, flat(10), 5);
    logged(recorder, 'service', 'no-slot', 500, 'too many connections for role "app"');
    expect(chainOf(diagnosisOf(recorder))).toBe('role-limit');
  });

  test("the pooler's clients", () => {
    const recorder = answers(withPooler(healthyStranger()), 500, flat(10), 5);
    logged(recorder, 'service', 'pooler-wait', 500, 'no more connections allowed (max_client_conn)');
    expect(diagnosisOf(recorder, { stackSettings: pooled }).findings[0]!.cause).toBe('pooler-client-limit');
  });
});

describe('what the load did not reach', () => {
  test('a dead target is the fastest of all', () => {
    const recorder = healthyStranger().remove('http_reqs').remove('http_req_duration');
    recorder.gauge('http_reqs', { phase: 'load', status: '0', error_code: '1212', name: 'x' }, flat(6000));
    expect(chainOf(diagnosisOf(recorder))).toBe('wrong-target');
  });

  test('404 all over, also where the script expects it', () => {
    const recorder = healthyStranger().remove('http_reqs').remove('http_req_duration');
    recorder.gauge('http_reqs', { phase: 'load', status: '404', outcome: 'expected', name: 'x' }, flat(100));
    expect(chainOf(diagnosisOf(recorder))).toBe('wrong-target');
  });

  test('an exception in each iteration is the script, not the service', () => {
    const thrown = { place: 'iteration' as const, count: 150, text: 'TypeError: x', line: 'd1.js:20' };
    const words = { exceptions: [thrown], stopped: null, markedFailed: null, userCaps: [], summaryProblem: null };
    const changed = { loadTotals: { ...loadTotals, iterations: 150, requests: 150, words } };
    expect(said(healthyStranger(), changed)).toMatch(/generator.*150 of 150 iterations ended in an exception/);
  });
});

test('the transaction is gone and its second half runs (C3): the cause, and wrong data as its consequence', () => {
  const recorder = healthyStranger();
  sessions(recorder, 'idle in transaction', flat(2));
  recorder.gauge('postgres.idle_in_transaction.age.max', {}, flat(0.19));
  answers(recorder, 500, flat(3), 200);
  logged(recorder, 'database', 'idle-timeout', 100, 'terminating connection due to idle-in-transaction timeout');
  const checks = [{ name: 'no money was made or lost', group: '', passes: 0, fails: 1 }];
  const diagnosis = diagnosisOf(recorder, { loadTotals: { ...loadTotals, checks } });
  expect(chainOf(diagnosis)).toBe('held-transactions > idle-timeout > wrong-data');
});

test("client_idle_timeout (A1): the pooler's, and not a size", () => {
  const recorder = answers(healthyStranger(), 500, flat(1), 20);
  logged(recorder, 'service', 'idle-timeout', 40, 'ProtocolViolation: client_idle_timeout');
  expect(said(recorder)).toMatch(/"idle-timeout","kind":"pooler-client"/);
});

test('the database was restarted (A3): the pool time-out half a minute later only follows', () => {
  const recorder = answers(healthyStranger(), 500, spike(0, 20, 20, 15), 30_000);
  recorder.gauge('postgres.started', {}, (second) => (second < 20 ? 1000 : 1900));
  logged(recorder, 'service', 'server-restart', 5, 'terminating connection due to administrator command');
  logged(recorder, 'service', 'pool-wait', 30, 'Connection is not available (total=0, active=0)');
  expect(chainOf(diagnosisOf(recorder))).toBe('part-restarted > app-pool');
});

test('503 for the first seconds only is a cold start', () => {
  const recorder = answers(healthyStranger(), 503, (second) => (second < 4 ? 20 : 0), 5);
  expect(chainOf(diagnosisOf(recorder))).toBe('cold-start');
});

test('rows one by one: 101 statements a request', () => {
  const recorder = answers(withPooler(healthyStranger(), flat(5), flat(10)), 200, flat(20), 700);
  recorder.counter('pooler.queries', { pooler: '0' }, flat(2020));
  expect(chainOf(diagnosisOf(recorder, { stackSettings: pooled }))).toBe('n-plus-one > pooler-pool');
});

test('no core left: pool sizes have no effect, and none is named', () => {
  const recorder = answers(withPooler(healthyStranger(), flat(5), flat(10)), 200, flat(20), 900);
  sessions(recorder, 'active', flat(10));
  recorder.gauge('host.cpu_idle_share', {}, flat(0.02));
  const diagnosis = diagnosisOf(recorder, { stackSettings: pooled });
  expect(chainOf(diagnosis)).toBe('database-cpu > pooler-pool');
  expect(diagnosis.findings[0]!.remedy.sentence).toContain('Pool sizes have no effect');
});

test("the pooler's pool, where it is the cause: with its size", () => {
  const recorder = answers(withPooler(healthyStranger(), flat(6), flat(10)), 200, flat(90), 600);
  sessions(recorder, 'active', flat(10));
  const diagnosis = diagnosisOf(recorder, { stackSettings: pooled });
  expect(chainOf(diagnosis)).toBe('pooler-pool');
  expect(diagnosis.findings[0]!.remedy.config?.lines).toBe('default_pool_size = 16');
});

describe('nothing is wrong', () => {
  test('of a queue that was not seen nothing is said', () => {
    const { cause, sentence } = diagnosisOf(healthyStranger()).findings[0]!;
    expect(cause).toBe('none');
    expect(sentence).not.toMatch(/waiting in the pooler|is not your limit/);
    expect(sentence).toContain('Whether anybody waits for the pool inside the service was not seen');
  });

  test('what failed without a trace is not known, and what would show it is said', () => {
    const [first] = diagnosisOf(answers(healthyStranger(), 500, (second) => (second % 7 === 0 ? 1 : 0), 20)).findings;
    expect(first!.cause).toBe('unknown');
    expect(first!.sentence).toMatch(/^Cannot tell, because 8 of .*--service-log FILE/);
  });
});
