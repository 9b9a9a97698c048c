/** Rows one by one within transactions that no request asked for, and the queue for their locks. */
import { expect, test } from 'vitest';
import { flat } from '../grade/fixtures/shapes.ts';
import type { Recorder } from '../grade/fixtures/recorder.ts';
import type { Observations, Series } from '../measure/tracks/observations.ts';
import { diagnose } from './diagnose.ts';
import { causes, chainOf, diagnosisOf, first, healthyStranger, sessions, strangerEntry } from './fixtures/stranger.ts';

const text = 'UPDATE tasks SET priority = greatest(priority, $1) WHERE url = $2';
const own = { relation: 'tasks', holder: 'crawler', holder_state: 'active', holder_does: 'UPDATE' };
const migration = { relation: 'tasks', holder: 'psql', holder_state: 'active', holder_does: 'ALTER TABLE' };

interface Work {
  callsPerSecond: number;
  /** What these calls take in each second, by all sessions together. */
  secondsPerSecond: number;
  /** What all statements take. */
  allPerSecond?: number;
}

/** 100 transactions a second beside quick requests. */
const working = ({ callsPerSecond, secondsPerSecond, allPerSecond = secondsPerSecond * 1.5 }: Work): Recorder =>
  healthyStranger()
    .counter('postgres.commits', {}, flat(100))
    .counter('postgres.rollbacks', {}, flat(0))
    .counter('postgres.statements.calls', {}, flat(callsPerSecond * 2))
    .counter('postgres.statements.seconds', {}, flat(allPerSecond))
    .counter('postgres.statement.calls', { query: text }, flat(callsPerSecond))
    .counter('postgres.statement.seconds', { query: text }, flat(secondsPerSecond));

/** Six sessions wait at any time, and hardly one does anything else. */
const queueing = (recorder: Recorder, held: typeof own): Recorder => {
  sessions(recorder, 'active', flat(7));
  recorder.remove('postgres.locks.waiting').gauge('postgres.locks.waiting', {}, flat(6));
  return recorder.gauge('postgres.lock_queue', { ...held, first: 'crawler', first_does: 'UPDATE' }, flat(6));
};

test('a transaction that writes row by row is the cause, and the queue for its locks what follows', () => {
  const diagnosis = diagnosisOf(queueing(working({ callsPerSecond: 280, secondsPerSecond: 4 }), own));
  expect(chainOf(diagnosis)).toBe('n-plus-one > lock-queue');
  expect(diagnosis.findings[0]).toMatchObject({ kind: 'in-transaction', sentence: expect.stringContaining(text) });
  expect(diagnosis.findings[0]!.number).toMatch(/^1[56],\d{3} calls in [56],\d{3} transactions/);
});

test('once or less for each transaction is no loop: the queue stands for itself', () => {
  const diagnosis = diagnosisOf(queueing(working({ callsPerSecond: 90, secondsPerSecond: 4 }), own));
  expect(chainOf(diagnosis)).toBe('lock-queue');
});

test('a loop that waits for the lock of somebody else has not made that queue', () => {
  const { findings } = diagnosisOf(queueing(working({ callsPerSecond: 280, secondsPerSecond: 4 }), migration));
  expect(findings.find(({ cause }) => cause === 'lock-queue')!.consequenceOf).toBeNull();
});

test('a statement that has little part in the time of all is not what they wait for', () => {
  const work = (allPerSecond: number) => working({ callsPerSecond: 280, secondsPerSecond: 4, allPerSecond });
  expect(chainOf(diagnosisOf(queueing(work(14), own)))).toBe('lock-queue');
  // Those that wait for what the loop has locked may take as much as it does.
  expect(chainOf(diagnosisOf(queueing(work(9), own)))).toBe('n-plus-one > lock-queue');
});

test('a loop that nobody feels is not worth a word; one that a session is always in is', () => {
  expect(first(working({ callsPerSecond: 280, secondsPerSecond: 0.4 })).cause).toBe('none');
  expect(first(working({ callsPerSecond: 280, secondsPerSecond: 1.1 })).cause).toBe('n-plus-one');
  const locking = (waiting: number, first = 'crawler'): Recorder =>
    working({ callsPerSecond: 280, secondsPerSecond: 0.6 })
      .gauge('postgres.locks.waiting', {}, flat(waiting))
      .gauge('postgres.lock_queue', { ...own, first, first_does: 'UPDATE' }, flat(waiting));
  expect(first(locking(0)).cause).toBe('none');
  expect(first(locking(2)).cause).toBe('n-plus-one');
  // Somebody else's lock is not what the loop has taken.
  expect(first(locking(2, 'report')).cause).toBe('none');
});

test('what a statement had run for before it was among the most called counts, unless it may be older', () => {
  /** Among the most called from second 40 on; all statements together had so many calls at the first look. */
  const late = (olderCalls: number): Observations => {
    const { series, ...rest } = working({ callsPerSecond: 280, secondsPerSecond: 1.1 })
      .gauge('postgres.statements.calls', {}, (second) => olderCalls + second * 560)
      .gauge('postgres.statement.calls', { query: text }, (second) => second * 280)
      .gauge('postgres.statement.seconds', { query: text }, (second) => second * 1.1)
      .observations();
    const fromSecond40 = (one: Series): Series =>
      one.labels['query'] === text ? { ...one, tMs: one.tMs.slice(40), values: one.values.slice(40) } : one;
    return { ...rest, series: series.map(fromSecond40) };
  };
  const named = (olderCalls: number) => diagnose(strangerEntry(), late(olderCalls), causes).findings[0]!.cause;
  expect(named(10)).toBe('n-plus-one');
  expect(named(1e6)).toBe('none');
});

test('a few long statements are no loop, however many a transaction has', () => {
  expect(first(working({ callsPerSecond: 280, secondsPerSecond: 20 })).cause).not.toBe('n-plus-one');
});
