import { expect, test } from 'vitest';
import { failing, fault, heard, judgeBroken, type Change } from '../fixtures/broken-run.ts';
import { judge } from '../fixtures/judge.ts';
import type { JudgedEntry } from '../criterion.ts';

const judged = (change: Change, value = 4, changed: Partial<JudgedEntry> = {}) =>
  judgeBroken('error-seconds', change, changed, { id: 'error-seconds', value, comparator: '<=' });
const from =
  (first: number, last: number, count: number) =>
  (second: number): number =>
    second >= first && second <= last ? count : 0;

test('all for three seconds are three seconds of outage, half for six are as many', () => {
  const all = judged(failing(from(71, 73, 20)));
  expect(all.verdict).toBe('pass');
  expect(all.value).toBeCloseTo(3, 0);
  const half = judged(failing(from(71, 76, 10)));
  expect(half.value).toBeCloseTo(3, 0);
});

test('a release that fails everything until long after the mending fails, though it recovers in time', () => {
  const long = failing(from(71, 81, 20));
  expect(judged(long)).toMatchObject({ verdict: 'fail' });
  expect(judged(long).value).toBeCloseTo(11, 0);
  expect(judgeBroken('recovery', long).verdict).toBe('pass');
});

test('none may fail where none is declared to, and what failed before the fault does not count', () => {
  expect(judged(failing(from(72, 72, 1)), 0).verdict).toBe('fail');
  expect(judged(failing(from(20, 69, 20)), 0)).toMatchObject({ verdict: 'pass', value: 0 });
});

test('unknown without a fault in the load, or without requests', () => {
  const never = { faults: [{ ...fault, injectedAtMs: null, revertedAtMs: null }], steps: [] };
  expect(judged(heard, 4, never).verdict).toBe('inconclusive');
  expect(judged((recorder) => recorder.remove('http_reqs')).verdict).toBe('inconclusive');
  expect(judge('error-seconds').verdict).toBe('notApplicable');
});
