/** Statements that look through far more rows than the work needs, though no request felt it yet. */
import { expect, test } from 'vitest';
import type { Recorder } from '../grade/fixtures/recorder.ts';
import { flat } from '../grade/fixtures/shapes.ts';
import { chainOf, diagnosisOf, first, healthyStranger, sessions } from './fixtures/stranger.ts';

const claim = 'SELECT * FROM claim_task_within($1, $2, $3)';
const others = 'SELECT complete_task($1, $2)';

interface Reads {
  /** For each of 100 transactions a second. */
  rows: number;
  pages: number;
  given?: number;
  /** Of the statement that takes most time, 20 calls a second. */
  ms?: number;
  ownPages?: number;
}

const reading = ({ rows, pages, given, ms = 20, ownPages }: Reads): Recorder => {
  const recorder = healthyStranger()
    .counter('postgres.commits', {}, flat(100))
    .counter('postgres.rollbacks', {}, flat(0))
    .counter('postgres.tuples.returned', {}, flat(100 * rows))
    .counter('postgres.blocks.hit', {}, flat(100 * pages))
    .counter('postgres.blocks.read', {}, flat(0))
    .counter('postgres.statements.seconds', {}, flat(ms / 40))
    .counter('postgres.statement.calls', { query: claim }, flat(20))
    .counter('postgres.statement.seconds', { query: claim }, flat(ms / 50))
    .counter('postgres.statement.calls', { query: others }, flat(20))
    .counter('postgres.statement.seconds', { query: others }, flat(ms / 200));
  if (given !== undefined) recorder.counter('postgres.statements.rows', {}, flat(100 * given));
  if (ownPages !== undefined) recorder.counter('postgres.statement.pages', { query: claim }, flat(20 * ownPages));
  return recorder;
};

const much: Reads = { rows: 9000, pages: 500 };

test('a statement that looks through a backlog is named, with what it reads', () => {
  const finding = first(reading({ ...much, given: 12, ownPages: 2000 }));
  expect(finding).toMatchObject({ cause: 'slow-statements', kind: 'scan', sentence: expect.stringContaining(claim) });
  expect(finding.number).toBe('a transaction looks through 9,000 rows (500 pages) for 12 that it gives back');
  expect(first(reading(much)).cause).toBe('slow-statements');
});

test('whoever gives back what it reads was asked for it, and few rows are no scan', () => {
  expect(first(reading({ ...much, given: 3000 })).cause).toBe('none');
  expect(first(reading({ ...much, rows: 700 })).cause).toBe('none');
});

test('a small table on a few pages, or a quick statement, is nobody’s trouble', () => {
  expect(first(reading({ ...much, pages: 25 })).cause).toBe('none');
  expect(first(reading({ ...much, ms: 1 })).cause).toBe('none');
});

test('rows that another statement reads are not put down to the dearest one', () => {
  expect(first(reading({ ...much, ownPages: 4 })).cause).toBe('none');
});

const own = { relation: 'jobs', holder: 'crawler', holder_state: 'active', holder_does: 'SELECT' };

const queueing = (recorder: Recorder, held: typeof own): Recorder => {
  sessions(recorder, 'active', flat(7));
  recorder.remove('postgres.locks.waiting').gauge('postgres.locks.waiting', {}, flat(6));
  return recorder.gauge('postgres.lock_queue', { ...held, first: 'crawler', first_does: 'SELECT' }, flat(6));
};

test('the queue behind what is locked meanwhile follows from it, behind somebody else’s lock it does not', () => {
  expect(chainOf(diagnosisOf(queueing(reading(much), own)))).toBe('slow-statements > lock-queue');
  const migration = { ...own, holder: 'psql', holder_does: 'ALTER TABLE' };
  expect(chainOf(diagnosisOf(queueing(reading(much), migration)))).toMatch(/^lock-queue/);
  expect(chainOf(diagnosisOf(queueing(reading({ ...much, rows: 200 }), own)))).toBe('lock-queue');
});
