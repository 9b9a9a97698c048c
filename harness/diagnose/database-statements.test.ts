/** Statements that a tap sees take long: in the database, on the link, or in the queue of a pooler. */
import { expect, test } from 'vitest';
import { durations, type Recorder } from '../grade/fixtures/recorder.ts';
import { flat } from '../grade/fixtures/shapes.ts';
import type { ScenarioResult } from '../result.ts';
import { answering, diagnosisOf, lengthSeconds, withPooler } from './fixtures/stranger.ts';

const tapped = (recorder: Recorder, hop: string, statementSeconds: number): Recorder => {
  const group = { hop, user: 'app', database: 'app', application: 'shop' };
  for (const state of ['starting', 'active', 'idle in transaction', 'idle'])
    recorder.gauge('tap.connections', { ...group, state }, flat(state === 'idle' ? 9 : 0), lengthSeconds);
  return recorder.histogram('tap.statement_time', { ...group, kind: 'SELECT' }, () => durations(10, statementSeconds));
};

/** Requests that take two seconds, and nothing else that says why. */
const slow = (): Recorder => answering(200, 30, 2000);

const firstOf = (recorder: Recorder, stackSettings: ScenarioResult['stackSettings'] = {}): string =>
  diagnosisOf(recorder, { stackSettings }).findings[0]!.cause;

test('in the database', () => {
  expect(firstOf(tapped(slow(), 'service-database', 0.6))).toBe('slow-statements');
  expect(firstOf(tapped(slow(), 'service-database', 0.05))).not.toBe('slow-statements');
});

test('on the link whose latency the stack states: that is not the database', () => {
  const far = { databaseLinkLatencyMs: 550 };
  expect(firstOf(tapped(slow(), 'service-database', 0.4), far)).not.toBe('slow-statements');
  expect(firstOf(tapped(slow(), 'service-database', 0.9), far)).toBe('slow-statements');
  expect(firstOf(tapped(slow(), 'service-database', 0.4), { linkMs: 550 })).not.toBe('slow-statements');
  // Behind the pooler the service's link has been passed already.
  expect(firstOf(tapped(slow(), 'pooler-database', 0.4), { linkMs: 550 })).toBe('slow-statements');
});

test('in the queue of a pooler: only what lies behind it tells of the database', () => {
  const before = (): Recorder => tapped(slow(), 'service-pooler', 0.6);
  expect(firstOf(before())).not.toBe('slow-statements');
  expect(firstOf(tapped(before(), 'pooler-database', 0.02))).not.toBe('slow-statements');
  expect(firstOf(tapped(before(), 'pooler-database', 0.6))).toBe('slow-statements');
  expect(firstOf(withPooler(before(), flat(0), flat(5)))).toBe('slow-statements');
  expect(firstOf(withPooler(before(), flat(20), flat(10)))).not.toBe('slow-statements');
});
