import { expect, test } from 'vitest';
import type { ScriptWords } from '../../result.ts';
import { judge, loadTotals } from '../fixtures/judge.ts';

const judged = (unsent: ScriptWords['unsent']) =>
  judge('requests-sent', undefined, { loadTotals: { ...loadTotals, words: { ...loadTotals.words!, unsent } } });

test('all were sent', () => {
  expect(judged(null).verdict).toBe('pass');
});

test('a URL that is none: no sample tells of it, and the entry fails', () => {
  const text = 'invalid URL: parse "http://127.0.0.1:8090items": invalid port ":8090items" after host';
  expect(judged({ count: 30, text })).toMatchObject({
    verdict: 'fail',
    value: 30,
    reason: expect.stringMatching(/^30 of [\d,]+ requests were never sent, and are in no other figure: invalid URL: /),
  });
});

test('a run of before says nothing of it', () => {
  expect(judged(undefined).verdict).toBe('notApplicable');
  expect(judge('requests-sent', undefined, { loadTotals: null }).verdict).toBe('inconclusive');
});
