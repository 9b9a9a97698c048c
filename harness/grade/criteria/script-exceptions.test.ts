import { expect, test } from 'vitest';
import type { ScriptExceptions } from '../../result.ts';
import { judge, loadTotals } from '../fixtures/judge.ts';

const thrown = (changed: Partial<ScriptExceptions> = {}): ScriptExceptions => ({
  place: 'iteration',
  count: 3300,
  text: "TypeError: Cannot read property 'find' of undefined",
  line: 'd1.js:14:61',
  ...changed,
});
const judged = (...exceptions: ScriptExceptions[]) =>
  judge('script-exceptions', undefined, { loadTotals: { ...loadTotals, words: { ...loadTotals.words!, exceptions } } });

test('none is met', () => {
  expect(judged().verdict).toBe('pass');
});

test('every iteration throws: counted, with the text and the line of the first', () => {
  expect(judged(thrown())).toMatchObject({
    verdict: 'fail',
    reason:
      '3,300 of 3,300 iterations ended in an exception, the first: ' +
      "TypeError: Cannot read property 'find' of undefined (d1.js:14:61)",
  });
});

test('one of a teardown fails too, one of the summary concerns the summary only', () => {
  expect(judged(thrown({ place: 'teardown', count: 1, text: 'Error: still there' }))).toMatchObject({
    verdict: 'fail',
    reason: expect.stringMatching(/^the script's teardown threw: Error: still there/),
  });
  expect(judged(thrown({ place: 'handleSummary', count: 1 })).verdict).toBe('pass');
});

test('where k6 said nothing, nothing is known', () => {
  expect(judge('script-exceptions', undefined, { loadTotals: null }).verdict).toBe('inconclusive');
  const { words: _, ...older } = loadTotals;
  expect(judge('script-exceptions', undefined, { loadTotals: older, missing: {} }).verdict).toBe('inconclusive');
  expect(judge('script-exceptions', undefined, { loadTotals: older }).verdict).toBe('notApplicable');
});
