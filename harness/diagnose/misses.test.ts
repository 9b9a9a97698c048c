/** Loads that miss their target in ways that look like success: redirects, URLs that are none, pages without data. */
import { expect, test } from 'vitest';
import { flat } from '../grade/fixtures/shapes.ts';
import { loadTotals } from '../grade/fixtures/judge.ts';
import type { Recorder } from '../grade/fixtures/recorder.ts';
import type { ScriptWords } from '../result.ts';
import { answers, diagnosisOf, healthyStranger } from './fixtures/stranger.ts';

const first = (...args: Parameters<typeof diagnosisOf>) => diagnosisOf(...args).findings[0]!;

/** So many transactions a second, those of the probes among them. */
const asked = (recorder: Recorder, perSecond: number): Recorder =>
  recorder
    .gauge('postgres.commits', {}, (second) => 1000 + second * perSecond)
    .gauge('postgres.rollbacks', {}, flat(3));

const unanswered = (): Recorder => healthyStranger().remove('http_reqs').remove('http_req_duration');

test('302 to everything, and nobody asks the database: the load does not get in', () => {
  const { cause, kind, sentence, number, against } = first(asked(answers(unanswered(), 302, flat(50), 3), 7));
  expect({ cause, kind }).toEqual({ cause: 'wrong-target', kind: 'redirected' });
  expect(sentence).toBe(
    'The load does not reach what it is to test: every answer is 302 (sent on), and the database was hardly asked ' +
      '(0 transactions a request, by pg_stat_database)',
  );
  expect(number).toBe('3,000 of 3,000 requests missed it');
  expect(against).toEqual([expect.stringContaining('redirect')]);
});

test('followed to a login page, half of the answers are 200', () => {
  const recorder = answers(answers(unanswered(), 302, flat(50), 3), 200, flat(50), 4, 'http://127.0.0.1:8090/login');
  expect(first(asked(recorder, 7)).sentence).toContain(
    'the first answer to every request is 302 (sent on to http://127.0.0.1:8090/login)',
  );
});

test('a service whose work is to redirect asks the database first', () => {
  expect(first(asked(answers(unanswered(), 302, flat(50), 3), 57)).cause).toBe('none');
});

test('one that is sent on to another spelling of its path asks it in the end', () => {
  const recorder = answers(answers(unanswered(), 308, flat(50), 3), 200, flat(50), 4, '/items/');
  expect(first(asked(recorder, 57)).cause).toBe('none');
});

test('where nobody counted, or the script wants redirects, nothing is said', () => {
  expect(first(answers(unanswered(), 302, flat(50), 3)).cause).toBe('none');
  const checks = [{ name: 'redirects (302)', group: '', passes: 3000, fails: 0 }];
  const recorder = asked(answers(unanswered(), 302, flat(50), 3), 7);
  expect(first(recorder, { loadTotals: { ...loadTotals, checks } }).cause).toBe('none');
});

test('pages that need no data say little of the connections', () => {
  const { cause, sentence } = first(asked(healthyStranger(), 7));
  expect(cause).toBe('none');
  expect(sentence).toContain('This load hardly asks the database anything (0 transactions a request');
  expect(first(asked(healthyStranger(), 107)).sentence).not.toContain('hardly asks');
});

test('an address that is none: "undefined/items"', () => {
  const error = 'Get "undefined/items": unsupported protocol scheme ""';
  const labels = { phase: 'load', status: '0', error_code: '1000', name: 'undefined/items', error };
  const { cause, kind, sentence, remedy } = first(unanswered().gauge('http_reqs', labels, flat(50)));
  expect({ cause, kind }).toEqual({ cause: 'wrong-target', kind: 'no-address' });
  expect(sentence).toContain('its address is none (Get "undefined/items": unsupported protocol scheme "")');
  expect(remedy.sentence).toContain('a variable is empty');
});

const text = 'invalid URL: parse "http://127.0.0.1:8090items": invalid port ":8090items" after host';
const words = (count: number, more: Partial<ScriptWords> = {}) => ({
  loadTotals: { ...loadTotals, iterations: 6000, words: { ...loadTotals.words!, unsent: { count, text }, ...more } },
});

test('a URL that is none is in no figure of k6, and named all the same', () => {
  const { cause, kind, sentence, number } = first(healthyStranger(), words(2000));
  expect({ cause, kind }).toEqual({ cause: 'wrong-target', kind: 'no-address' });
  expect(sentence).toContain(`2,000 of 8,000 requests were never sent, since their URL is none (${text})`);
  expect(number).toBe('2,000 of 8,000 requests missed it');
});

test('what the script does with such an answer throws, and that follows from it', () => {
  const exceptions = [{ place: 'iteration' as const, count: 6000, text: 'TypeError: no body', line: 'a.js:9:1' }];
  const { findings } = diagnosisOf(unanswered(), words(6000, { exceptions }));
  expect(findings.map(({ cause, consequenceOf }) => [cause, consequenceOf])).toEqual([
    ['wrong-target', null],
    ['generator', 'wrong-target'],
  ]);
});
