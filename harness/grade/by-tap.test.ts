/** What is judged of a service without metrics by a tap on its way: as far as the tap can know, and no further. */
import { describe, expect, test } from 'vitest';
import { madeEntry } from '../compare/recordings/runs.ts';
import type { CriterionResult } from '../result.ts';
import { durations, type Recorder } from './fixtures/recorder.ts';
import { criteria, judgeOf } from './fixtures/judge.ts';
import { healthyRecorder } from './fixtures/healthy-run.ts';
import { holes } from './fixtures/holes.ts';
import { flat, type Shape } from './fixtures/shapes.ts';
import { judgeCriterion } from './judge-criterion.ts';
import { loadedWindows } from './judged-windows.ts';
import { missingSources } from './missing-sources.ts';
import type { JudgeInput } from './criterion.ts';

interface Pool {
  size: number;
  /** In use on average, second by second. */
  used: Shape;
  /** Holds of each second. */
  transactions: number;
  singles: number;
  statementSeconds?: number;
  hop?: string;
  /** For how long the oldest hold has gone on. */
  oldestHoldSeconds?: Shape;
  /** Connections that pass its tap unread. */
  unread?: { why: string; count: number };
}

const seconds = 160;

const addPool = (recorder: Recorder, pool: Pool): void => {
  const { size, used, transactions, singles, statementSeconds = 0.004, hop = 'service-database', unread } = pool;
  const { oldestHoldSeconds = flat(0.1) } = pool;
  const group = { hop, user: 'app', database: 'app', application: 'shop' };
  recorder.source('tap', true);
  const gauge = (name: string, state: string, shape: Shape): unknown =>
    recorder.gauge(name, { ...group, state }, shape, seconds);
  gauge('tap.connections', 'active', () => 1);
  gauge('tap.connections', 'idle', () => size - 1);
  gauge('tap.state_seconds', 'active', (second) => used(second) / 2);
  gauge('tap.state_seconds', 'idle in transaction', (second) => used(second) / 2);
  gauge('tap.state_seconds', 'idle', (second) => size - used(second));
  recorder.gauge('tap.oldest_hold', group, oldestHoldSeconds, seconds);
  if (unread !== undefined) recorder.gauge('tap.unread', { hop, why: unread.why }, () => unread.count, seconds);
  const holds = (what: string, count: number): unknown =>
    recorder.histogram('tap.hold_time', { ...group, what }, () => durations(count, 0.02), seconds);
  holds('transaction', transactions);
  holds('single', singles);
  const statements = durations(10, statementSeconds);
  recorder.histogram('tap.statement_time', { ...group, kind: 'SELECT' }, () => statements, seconds);
};

const transactional: Pool = { size: 10, used: flat(4), transactions: 20, singles: 0 };

/** A stranger's run without metrics of the service. */
const seenBy = (...pools: readonly Pool[]): JudgeInput => {
  const recorder = healthyRecorder();
  const { series, histograms } = recorder.observations();
  for (const name of new Set([...series, ...histograms].map((one) => one.name)))
    if (/^(?:db\.client|http\.server|pgsurge\.)/.test(name)) recorder.remove(name);
  for (const pool of pools) addPool(recorder, pool);
  const missing = missingSources(madeEntry({ group: 'external' }), recorder.observations());
  return { ...judgeOf(recorder, { isForeign: true, missing }), declaration: null };
};

const judged = (id: string, input: JudgeInput): CriterionResult =>
  judgeCriterion(
    criteria.find((one) => one.id === id)!,
    input,
  );

describe('app pool in use', () => {
  test('passes where work runs in transactions and the pool has room', () => {
    const result = judged('pool-utilisation', seenBy(transactional));
    expect(result).toMatchObject({ verdict: 'pass', reason: expect.stringContaining('shop at service-database') });
    expect(result.value).toBeCloseTo(40, 0);
  });

  test('warns where all that were ever open are in use', () => {
    const result = judged('pool-utilisation', seenBy({ ...transactional, used: flat(9.8) }));
    expect(result).toMatchObject({ verdict: 'warn', reason: expect.stringContaining('98 % of 10 in use') });
  });

  test('is not known to have room where connections may be held while they look idle', () => {
    const singles = { ...transactional, transactions: 5, singles: 15 };
    const result = judged('pool-utilisation', seenBy(singles));
    expect(result).toMatchObject({ verdict: 'notApplicable', reason: expect.stringContaining('cannot tell') });
    expect(judged('pool-utilisation', seenBy({ ...singles, used: flat(9.8) })).verdict).toBe('warn');
  });

  test('is not judged by what lies behind the pooler, by one connection, or without a tap', () => {
    expect(judged('pool-utilisation', seenBy({ ...transactional, hop: 'pooler-database' })).verdict).toBe(
      'notApplicable',
    );
    expect(judged('pool-utilisation', seenBy({ ...transactional, size: 1, used: flat(1) })).verdict).toBe(
      'notApplicable',
    );
    expect(judged('pool-utilisation', seenBy()).reason).toContain('--tap-url');
  });
});

describe('connections not given back', () => {
  test('are those that are in use at every look of the end', () => {
    const used: Shape = (second) => (second > 120 ? 2 : 5);
    const kept = judged(
      'connections-return',
      seenBy({ ...transactional, used, oldestHoldSeconds: (second) => second }),
    );
    expect(kept).toMatchObject({
      verdict: 'warn',
      value: 2,
      reason: expect.stringMatching(/^shop at service-database: 2;/),
    });
  });

  test('are none where a busy pool lends one connection after the other up to the end', () => {
    const lent = judged(
      'connections-return',
      seenBy({ ...transactional, used: flat(5), oldestHoldSeconds: flat(0.3) }),
    );
    expect(lent).toMatchObject({ verdict: 'notApplicable', reason: expect.stringContaining('none is kept') });
  });

  test('that none is kept is never known', () => {
    const none = judged('connections-return', seenBy({ ...transactional, used: (second) => (second > 120 ? 0.3 : 5) }));
    expect(none).toMatchObject({ verdict: 'notApplicable', reason: expect.stringContaining('cannot tell') });
  });
});

describe('query p95', () => {
  test('is that of the statements that passed, at the service', () => {
    expect(judged('query-p95', seenBy(transactional)).verdict).toBe('pass');
    const slow = { ...transactional, statementSeconds: 0.9 };
    expect(judged('query-p95', seenBy(slow))).toMatchObject({ verdict: 'warn' });
    const behind = { ...slow, hop: 'pooler-database' };
    expect(judged('query-p95', seenBy(transactional, behind)).verdict).toBe('pass');
  });
});

test.each(['pool-utilisation', 'query-p95'])('%s is not known to be well where connections pass unread', (id) => {
  const unread = (why: string, count = 1): Pool => ({ ...transactional, unread: { why, count } });
  for (const why of ['tls', 'not-understood', 'protocol'])
    expect(judged(id, seenBy(unread(why, 3)))).toMatchObject({
      verdict: 'notApplicable',
      reason: expect.stringContaining(`passed the tap unread: 3 (${why}); what they did is not known`),
    });
  for (const pool of [unread('replication'), unread('tls', 0)]) expect(judged(id, seenBy(pool)).verdict).toBe('pass');
  const behind = { ...unread('tls'), hop: 'pooler-database' };
  expect(judged(id, seenBy(transactional, behind)).verdict).toBe('pass');
});

test('queries that were slow are told also beside connections that pass unread', () => {
  const slow = { ...transactional, statementSeconds: 0.9, unread: { why: 'tls', count: 1 } };
  expect(judged('query-p95', seenBy(slow)).verdict).toBe('warn');
});

test.each(['pool-utilisation', 'query-p95'])('%s passes over no hole of the tap', (id) => {
  const whole = seenBy(transactional);
  const windows = loadedWindows(whole.phases);
  for (const [name, change] of Object.entries(holes)) {
    if (name === 'source never mentioned') continue;
    const observations = change(windows)(whole.observations, 'tap');
    expect(judged(id, { ...whole, observations }).verdict, name).not.toBe('pass');
  }
});
