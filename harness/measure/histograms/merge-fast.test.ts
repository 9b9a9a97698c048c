import { expect, test } from 'vitest';
import { quantile, type ExponentialHistogram } from './histogram.ts';
import { mergeFast } from './merge-fast.ts';

const single = (value: number): ExponentialHistogram => ({
  scale: 20,
  count: 1,
  sum: value,
  min: value,
  max: value,
  zeroCount: 0,
  offset: Math.ceil(Math.log2(value) * 2 ** 20) - 1,
  counts: [1],
});

test('single values at the finest scale do not become ten million buckets, and keep their percentiles within 1 %', () => {
  const values = Array.from({ length: 300 }, (_, index) => 1 + ((index * 37) % 300) * 3);
  const merged = mergeFast(values.map(single));
  expect(merged.counts.length).toBeLessThanOrEqual(8192);
  expect(merged).toMatchObject({ count: 300, min: 1, max: 898 });
  const exact = values.sort((a, b) => a - b)[Math.ceil(0.95 * 300) - 1]!;
  expect(Math.abs(quantile(merged, 0.95)! / exact - 1)).toBeLessThan(0.01);
});
