import { expect, test } from 'vitest';
import { histogramOf } from '../../grade/fixtures/recorder.ts';
import { momentsOf } from './moments.ts';

test('how much values differ, over several histograms', () => {
  expect(momentsOf([])).toEqual({ count: 0, variation: 0 });
  expect(momentsOf([histogramOf([5, 5, 5])]).variation).toBeLessThan(0.05);
  // 2 and 6: mean 4, standard deviation 2.
  const found = momentsOf([histogramOf(Array(50).fill(2)), histogramOf(Array(50).fill(6))]);
  expect(found.count).toBe(100);
  expect(found.variation).toBeGreaterThan(0.45);
  expect(found.variation).toBeLessThan(0.55);
});
