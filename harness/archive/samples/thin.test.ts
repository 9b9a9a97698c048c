import { expect, test } from 'vitest';
import { growthOf } from '../../measure/tracks/windows.ts';
import { collecting, collectingHistograms, inOrder, mostHistograms, mostPoints, stretchMs } from './thin.ts';

/** 12 hours at one sample a second. */
const count = 43_200;
const extent = { count, firstMs: 0, lastMs: (count - 1) * 1000 };
const noisy = (index: number): number => 20 + Math.sin(index * 12.9898) * 5;

test('the full profile is never thinned', () => {
  expect(stretchMs({ count: 5.5 * 3600, firstMs: 0, lastMs: 5.5 * 3600_000 }, mostPoints, 4)).toBe(0);
});

test('a gauge keeps every extreme, at its own time', () => {
  const kept = collecting(extent, 'gauge');
  const extremes = new Map([
    [12_345, 99],
    [40_000, -1],
  ]);
  for (let index = 0; index < count; index += 1) kept.add(index * 1000, extremes.get(index) ?? noisy(index));
  const { tMs, values } = kept.points();
  expect(values.length).toBeLessThanOrEqual(mostPoints * 1.05);
  expect([Math.max(...values), tMs[values.indexOf(99)]]).toEqual([99, 12_345_000]);
  expect([Math.min(...values), tMs[values.indexOf(-1)]]).toEqual([-1, 40_000_000]);
  expect([tMs[0], tMs.at(-1)]).toEqual([0, (count - 1) * 1000]);
  expect(tMs.every((time, index) => index === 0 || time > tMs[index - 1]!)).toBe(true);
});

test('a cumulative counter keeps its growth over a restart', () => {
  const kept = collecting(extent, 'cumulative');
  for (let index = 0; index < count; index += 1)
    kept.add(index * 1000, index < 20_001 ? index * 3 : (index - 20_001) * 3);
  const series = { name: 'c', labels: {}, ...kept.points() };
  expect(growthOf([series], [{ startMs: -1, endMs: Infinity }])).toBe(20_000 * 3 + (count - 1 - 20_001) * 3);
});

test('deltas keep their sum, at the end of what they cover', () => {
  const kept = collecting(extent, 'delta');
  for (let index = 0; index < count; index += 1) kept.add(index * 1000, 2);
  const { tMs, values } = kept.points();
  expect(values.reduce((sum, value) => sum + value, 0)).toBe(2 * count);
  expect(values.length).toBeLessThanOrEqual(mostPoints);
  expect(tMs.at(-1)).toBe((count - 1) * 1000);
});

test('histograms of one stretch are merged, none is lost', () => {
  const kept = collectingHistograms(extent);
  for (let index = 0; index < count; index += 1)
    kept.add(index * 1000, {
      scale: 3,
      count: 2,
      sum: 3,
      min: 1,
      max: 2,
      zeroCount: 0,
      offset: index % 7,
      counts: [1, 1],
    });
  const { tMs, histograms } = kept.series();
  expect(histograms.length).toBeLessThanOrEqual(mostHistograms + 1);
  expect(tMs.length).toBe(histograms.length);
  expect(histograms.reduce((sum, one) => sum + one.count, 0)).toBe(2 * count);
});

test('order is put right, ties stay as they came', () => {
  expect(inOrder({ tMs: Float64Array.of(1, 3, 2, 3), values: Float64Array.of(1, 2, 3, 4) })).toEqual({
    tMs: Float64Array.of(1, 2, 3, 3),
    values: Float64Array.of(1, 3, 2, 4),
  });
});
