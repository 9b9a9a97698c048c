import { expect, test } from 'vitest';
import { judge, loadTotals } from '../fixtures/judge.ts';

test('a generator that fell behind makes the run inconclusive', () => {
  expect(
    judge('dropped-iterations', undefined, { loadTotals: { ...loadTotals, droppedIterations: 200 } }),
  ).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining('200 of 3,500') });
  expect(judge('dropped-iterations', undefined, { loadTotals: { ...loadTotals, droppedIterations: 3 } }).verdict).toBe(
    'pass',
  );
});

test('it never fails by itself: what was not sent was not tested', () => {
  expect(
    judge('dropped-iterations', undefined, { loadTotals: { ...loadTotals, droppedIterations: 3000 } }).verdict,
  ).toBe('inconclusive');
});
