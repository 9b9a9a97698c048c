import { describe, expect, test } from 'vitest';
import type { PhaseResult } from '../../result.ts';
import {
  growthOf,
  highestHeld,
  highestMean,
  mergeWindows,
  ratePerSecond,
  sumAtSamples,
  sumPerSecond,
  totalOf,
  windowsOf,
  withoutResets,
  type Samples,
} from './windows.ts';

const series = (
  points: readonly (readonly [second: number, value: number])[],
  name = 'x',
): { name: string; labels: Record<string, string>; tMs: Float64Array; values: Float64Array } => ({
  name,
  labels: {},
  tMs: Float64Array.from(points, ([second]) => second * 1000),
  values: Float64Array.from(points, ([, value]) => value),
});
const everySecond = (values: readonly number[], from = 1): Samples => ({
  tMs: values.map((_, index) => (from + index) * 1000),
  values: [...values],
});
const phase = (kind: PhaseResult['kind'], startMs: number, endMs: number): PhaseResult => ({
  name: kind,
  kind,
  startMs,
  endMs,
  fullSeconds: 1,
  activeJobs: 1,
});

describe('windows', () => {
  test('neighbours become one, and a phase between keeps them apart', () => {
    const phases = [
      phase('steady', 0, 10),
      phase('burst', 10, 20),
      phase('rest', 20, 30),
      phase('recovery', 1000, 2000),
    ];
    expect(windowsOf(phases, ['steady', 'burst'])).toEqual([{ startMs: 0, endMs: 20 }]);
    expect(windowsOf(phases, ['steady', 'recovery'])).toEqual([
      { startMs: 0, endMs: 10 },
      { startMs: 1000, endMs: 2000 },
    ]);
    expect(
      mergeWindows([
        { startMs: 5, endMs: 9 },
        { startMs: 0, endMs: 20 },
      ]),
    ).toEqual([{ startMs: 0, endMs: 20 }]);
  });

  test('a delta belongs to the window in which its interval ended', () => {
    expect(
      totalOf(
        [
          series([
            [1, 1],
            [2, 2],
            [3, 4],
          ]),
        ],
        [{ startMs: 1000, endMs: 2000 }],
      ),
    ).toBe(2);
    expect(
      totalOf([
        series([
          [1, 1],
          [2, 2],
          [3, 4],
        ]),
      ]),
    ).toBe(7);
  });
});

describe('what was held', () => {
  test('ten in a row, and the highest of them', () => {
    expect(highestHeld(everySecond([9, 9, 9, 9, 9, 9, 9, 9, 9, 1, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8]))).toMatchObject({
      value: 8,
      fromMs: 11_000,
      untilMs: 20_000,
      inARow: 10,
      count: 20,
    });
  });

  test('a gap ends the row: nine and nine are not ten', () => {
    const torn: Samples = {
      tMs: [...everySecond(Array<number>(9).fill(9)).tMs, ...everySecond(Array<number>(12).fill(1), 20).tMs],
      values: [...Array<number>(9).fill(9), ...Array<number>(12).fill(1)],
    };
    expect(highestHeld(torn)?.value).toBe(1);
    // One missing sample is no gap.
    expect(
      highestHeld({
        tMs: [1, 2, 3, 4, 5, 7, 8, 9, 10, 11].map((second) => second * 1000),
        values: Array<number>(10).fill(9),
      })?.value,
    ).toBe(9);
  });

  test('fewer than five prove nothing', () => {
    expect(highestHeld(everySecond([9, 9, 9, 9]))).toBeNull();
    expect(highestMean(everySecond([9, 9, 9, 9]))).toBeNull();
    expect(highestHeld(everySecond([9, 9, 9, 9, 8]))).toMatchObject({ value: 8, inARow: 5 });
  });

  test('the mean of ten does not mind a swing', () => {
    expect(highestMean(everySecond([0, 2, 0, 2, 0, 2, 0, 2, 0, 2]))?.value).toBe(1);
    expect(highestHeld(everySecond([0, 2, 0, 2, 0, 2, 0, 2, 0, 2]))?.value).toBe(0);
  });
});

describe('counters', () => {
  test('a reset is growth from zero, not a fall', () => {
    expect(
      withoutResets(
        series([
          [1, 5],
          [2, 8],
          [3, 1],
          [4, 2],
        ]),
      ).values,
    ).toEqual([0, 3, 4, 5]);
    expect(
      withoutResets(
        series([
          [1, 5],
          [2, 8],
        ]),
        true,
      ).values,
    ).toEqual([5, 8]);
  });

  test('growth inside a window, over all instances, between samples too', () => {
    const steady = series([
      [0, 0],
      [2, 2],
      [4, 4],
    ]);
    expect(growthOf([steady, steady], [{ startMs: 1000, endMs: 3000 }])).toBe(4);
    expect(ratePerSecond([steady], [{ startMs: 0, endMs: 4000 }]).values).toEqual([1, 1, 1, 1]);
  });

  test('where no instance was seen there is no sample', () => {
    expect(
      ratePerSecond(
        [
          series([
            [0, 0],
            [2, 2],
          ]),
        ],
        [{ startMs: 0, endMs: 10_000 }],
      ).values,
    ).toHaveLength(3);
  });
});

describe('gauges added up', () => {
  test('one that is silent is gone, not zero and not for ever', () => {
    const both = sumPerSecond(
      [
        series([
          [1, 1],
          [2, 1],
          [3, 1],
          [4, 1],
          [5, 1],
        ]),
        series([
          [1, 10],
          [2, 10],
        ]),
      ],
      [{ startMs: 0, endMs: 5000 }],
    );
    expect(both.values).toEqual([11, 11, 11, 1, 1]);
  });

  test('a peak between two seconds is seen at the samples', () => {
    const brief = series([
      [1, 1],
      [1.2, 9],
      [1.4, 1],
      [2, 1],
    ]);
    expect(sumPerSecond([brief], [{ startMs: 0, endMs: 2000 }]).values).toEqual([1, 1]);
    expect(sumAtSamples([brief, brief], [{ startMs: 0, endMs: 2000 }]).values).toEqual([2, 18, 2, 2]);
  });

  test('seconds in which all were silent give no sample', () => {
    expect(
      sumPerSecond(
        [
          series([
            [1, 1],
            [8, 1],
          ]),
        ],
        [{ startMs: 0, endMs: 8000 }],
      ).tMs,
    ).toEqual([1000, 2000, 8000]);
  });
});
