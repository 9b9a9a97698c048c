import { expect, test } from 'vitest';
import { fault, heard, judgeBroken, type Change } from '../fixtures/broken-run.ts';
import { judge } from '../fixtures/judge.ts';
import type { JudgedEntry } from '../criterion.ts';

const judged = (change: Change, changed: Partial<JudgedEntry> = {}) =>
  judgeBroken('late-work', change, changed, { id: 'late-work', value: 6, comparator: '<=' });

/** One task that started so late, among those that start at once. */
const lateAt =
  (second: number, seconds: number): Change =>
  (recorder) =>
    heard(recorder).histogram('pgsurge.task.due_to_start', { 'service.instance': '1' }, (at) =>
      at === second ? [0.05, seconds] : [0.05],
    );

test('the latest task decides, against what the fault explains', () => {
  expect(judged(heard).verdict).toBe('pass');
  const soon = judged(lateAt(75, 4));
  expect(soon.verdict).toBe('pass');
  expect(soon.value).toBeCloseTo(4, 0);
  expect(judged(lateAt(90, 20)).verdict).toBe('fail');
});

test('also one that starts once the load has ended; one from before the fault is not its doing', () => {
  expect(judged(lateAt(122, 20)).verdict).toBe('fail');
  expect(judged(lateAt(40, 20)).verdict).toBe('pass');
});

test('unknown where no start was seen, or a replica fell silent after the mending', () => {
  expect(judged((recorder) => heard(recorder).remove('pgsurge.task.due_to_start')).verdict).toBe('inconclusive');
  const never = { faults: [{ ...fault, injectedAtMs: null, revertedAtMs: null }], steps: [] };
  expect(judged(heard, never).verdict).toBe('inconclusive');
  expect(judge('late-work').verdict).toBe('notApplicable');
});
