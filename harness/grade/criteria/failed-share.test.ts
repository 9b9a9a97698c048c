import { expect, test } from 'vitest';
import type { JudgedEntry } from '../criterion.ts';
import { failing, fault, heard, judgeBroken, type Change } from '../fixtures/broken-run.ts';
import { judge } from '../fixtures/judge.ts';

const judged = (change: Change, value: number | null = 5, changed: Partial<JudgedEntry> = {}) =>
  judgeBroken('failed-share', change, changed, value === null ? null : { id: 'failed-share', value });
const inForce = (second: number): boolean => second > 70 && second <= 74;

test('a release that fails all requests in the window is not one that fails three', () => {
  const three = judged(failing((second) => (second === 72 ? 3 : 0)));
  expect(three).toMatchObject({ verdict: 'pass', numerator: 3 });
  expect(three.value).toBeLessThan(5);
  const all = judged(failing((second) => (inForce(second) ? 20 : 0)));
  expect(all).toMatchObject({ verdict: 'fail', numerator: 80 });
  expect(all.value).toBeGreaterThan(65);
});

test('what fails before and after it is not its doing', () => {
  expect(judged(failing((second) => (second < 69 || second > 80 ? 20 : 0)))).toMatchObject({
    verdict: 'pass',
    value: 0,
  });
});

test('unknown where nothing was in force or hardly anybody asked; silent where no share is declared', () => {
  const never = { faults: [{ ...fault, injectedAtMs: null, revertedAtMs: null }], steps: [] };
  expect(judged(heard, 5, never).verdict).toBe('inconclusive');
  expect(judged((recorder) => recorder.remove('http_reqs')).verdict).toBe('inconclusive');
  expect(judged(heard, null).verdict).toBe('notApplicable');
  expect(judge('failed-share').verdict).toBe('notApplicable');
});
