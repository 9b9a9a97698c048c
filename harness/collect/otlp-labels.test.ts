import { expect, test } from 'vitest';
import { outcomeOf } from './otlp-labels.ts';

test('the outcome of a request of k6 is told from its status', () => {
  expect(['200', '404', '429', '500', '503', '0'].map(outcomeOf)).toEqual([
    'ok',
    'ok',
    'refused',
    'error',
    'error',
    'error',
  ]);
});
