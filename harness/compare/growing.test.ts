import { describe, expect, it } from 'vitest';
import { growthOf, growthP } from './growing.ts';
import { changePoints } from '../measure/statistics/change-points.ts';
import { normalFrom, randomFrom } from '../measure/statistics/random.ts';

const level = (count: number, value: number): number[] => new Array<number>(count).fill(value);
/** So many steps of one size after a level. */
const growing = (flat: number, steps: number, from = 12, step = 2): number[] => [
  ...level(flat, from),
  ...Array.from({ length: steps }, (_, night) => from + step * (night + 1)),
];
const found = (values: number[], least = 2): ReturnType<typeof growthOf> =>
  growthOf(values, changePoints(values), { least, maximumP: growthP(48) });

describe('what grows from run to run', () => {
  it('is named with where it began, what it came to, and the run that first told it', () => {
    expect(found(growing(10, 9))).toMatchObject({ since: 9, until: 18, from: 12, to: 30, perRun: 2, told: 14 });
    expect(found(growing(1, 9))).toMatchObject({ since: 0, until: 9, from: 12, to: 30 });
  });

  it('is told by so many runs that rise, and not by fewer', () => {
    expect(found(growing(20, 5))).toMatchObject({ told: 24 });
    expect(found(growing(20, 4))).toBeNull();
    expect(found(growing(0, 9))).toBeNull();
  });

  it('is no step, no fall, nothing that is small, and nothing that came to rest', () => {
    expect(found([...level(15, 12), ...level(15, 31)])).toBeNull();
    expect(found(growing(10, 12).toReversed())).toBeNull();
    expect(found(growing(10, 12, 1000, 2))).toBeNull();
    expect(found(growing(10, 12), 40)).toBeNull();
    expect(found([...growing(10, 12), ...level(5, 36)])).toMatchObject({ until: 21, to: 36 });
    expect(found([...growing(10, 12), ...level(6, 36)])).toBeNull();
  });

  it('is looked for after the last fall only', () => {
    const before = [...level(15, 60), ...growing(6, 9)];
    expect(found(before)).toMatchObject({ from: 12, to: 30 });
    expect(growthOf(before, [], { least: 2, maximumP: growthP(48) })).toBeNull();
  });

  it('is found in a staircase and through noise', () => {
    const stairs = Array.from({ length: 40 }, (_, night) => 12 + 3 * Math.floor(Math.max(0, night - 12) / 4));
    expect(found(stairs)).toMatchObject({ from: expect.closeTo(12, -0.5), to: expect.closeTo(30, -0.5) });
    const normal = normalFrom(randomFrom(4));
    const noisy = Array.from({ length: 40 }, (_, night) => (100 + 3 * Math.max(0, night - 20)) * (1 + 0.05 * normal()));
    const growth = found(noisy)!;
    expect(Math.abs(growth.since - 20)).toBeLessThanOrEqual(4);
    expect(growth.perRun).toBeGreaterThan(2);
    expect(growth.perRun).toBeLessThan(4);
  });
});
