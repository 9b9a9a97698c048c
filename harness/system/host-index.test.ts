import { expect, it } from 'vitest';
import { measureHostIndex } from './host-index.ts';

it('gives a whole number of the same order twice in a row, within half a second or so', async () => {
  const startedAt = performance.now();
  const [first, second] = [await measureHostIndex(), await measureHostIndex()];
  expect(Number.isInteger(first)).toBe(true);
  expect(first).toBeGreaterThan(100);
  expect(second / first).toBeGreaterThan(0.4);
  expect(second / first).toBeLessThan(2.5);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});
