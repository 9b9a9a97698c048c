import { describe, expect, test } from 'vitest';
import { isServed, outcomeOf, outcomeOfAnswer } from './request-outcome.ts';

describe('how a request came out', () => {
  test.each([
    ['200', 'ok'],
    ['204', 'ok'],
    ['302', 'ok'],
    ['400', 'error'],
    ['401', 'error'],
    ['403', 'error'],
    ['404', 'error'],
    ['429', 'refused'],
    ['500', 'error'],
    ['503', 'error'],
    ['0', 'error'],
  ])('%s is %s where nothing is said of it', (status, outcome) => {
    expect(outcomeOfAnswer(status, null)).toBe(outcome);
  });

  test("the script's word counts: what it expects is expected, what it does not expect failed", () => {
    expect(outcomeOfAnswer('404', true)).toBe('expected');
    expect(outcomeOfAnswer('404', false)).toBe('error');
    expect(outcomeOfAnswer('200', true)).toBe('ok');
    expect(outcomeOfAnswer('302', false)).toBe('error');
  });

  test('429 is refused, and no answer is a failure, whatever is expected', () => {
    expect(outcomeOfAnswer('429', true)).toBe('refused');
    expect(outcomeOfAnswer('0', true)).toBe('error');
  });

  test("without a status it is k6's own word, without that nobody knows", () => {
    expect(outcomeOfAnswer(undefined, true)).toBe('ok');
    expect(outcomeOfAnswer(undefined, false)).toBe('error');
    expect(outcomeOfAnswer(undefined, null)).toBe('unknown');
    expect(outcomeOfAnswer('', null)).toBe('unknown');
  });
});

describe('of a saved sample', () => {
  test('an older run called a 404 ok: its status says more', () => {
    expect(outcomeOf({ status: '404', outcome: 'ok' })).toBe('error');
    expect(outcomeOf({ status: '200', outcome: 'ok' })).toBe('ok');
  });

  test('the outcome that was kept stands', () => {
    expect(outcomeOf({ status: '404', outcome: 'expected' })).toBe('expected');
    expect(outcomeOf({ status: '302', outcome: 'error' })).toBe('error');
    expect(outcomeOf({ outcome: 'refused' })).toBe('refused');
    expect(outcomeOf({})).toBe('unknown');
  });

  test('expected answers were served', () => {
    expect(isServed({ status: '404', outcome: 'expected' })).toBe(true);
    expect(isServed({ status: '404' })).toBe(false);
  });
});
