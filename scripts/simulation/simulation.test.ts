import { describe, expect, it } from 'vitest';
import { interleavedRun } from '../../harness/compare/recordings/runs.ts';
import { growthPlan, simulateGrowths } from './growths.ts';
import { simulateGates } from './gates.ts';
import { matrixPlan, simulateMatrix } from './matrix.ts';
import { simulateNightlies } from './nightlies.ts';
import { evenNoise, noiseRows, ownNoise } from './noise.ts';

describe('how often it is right (quick; node scripts/simulate-comparisons.ts has it in full)', () => {
  it.each([
    [0.03, 6],
    [0.03, 10],
    [0.1, 6],
    [0.1, 10],
  ])('unchanged at cv %d and %i repeats: false alarms over all gates in at most 1 of 20', (cv, repeats) => {
    expect(simulateGates({ noise: evenNoise(cv), repeats, planted: 0, trials: 2000 }).falseAlarms).toBeLessThanOrEqual(
      0.05,
    );
  });

  it.each([
    [1, 0.3],
    [5, 0.1],
  ])(
    'unchanged, with %i criteria that each fail in %d by chance: any false change in at most 1 of 20',
    (criteria, share) => {
      const plan = { noise: evenNoise(0.05), repeats: 10, planted: 0, trials: 2000, unsteady: { criteria, share } };
      const { falseAlarms, falseRegressions } = simulateGates(plan);
      expect(falseAlarms).toBeLessThanOrEqual(0.05);
      expect(falseRegressions).toBeLessThanOrEqual(falseAlarms);
    },
  );

  it('finds half of ten repeats ten times slower in 95 % or more', () => {
    const plan = { noise: evenNoise(0.1), repeats: 10, planted: 9, trials: 100, slowRepeats: 5 };
    expect(simulateGates(plan).found).toBeGreaterThanOrEqual(0.95);
  });

  it('takes the noise of real repeats, whole repeats at a time', () => {
    const rows = noiseRows(interleavedRun({ repeats: 10, cv: 0.05 }));
    expect(rows).toHaveLength(20);
    expect(Math.max(...rows.flat().map(Math.abs))).toBeLessThan(0.25);
    expect(
      simulateGates({ noise: ownNoise(rows), repeats: 6, planted: 0, trials: 500 }).falseAlarms,
    ).toBeLessThanOrEqual(0.06);
    expect(simulateGates({ noise: ownNoise(rows), repeats: 10, planted: 1, trials: 50 }).found).toBe(1);
  });

  it('finds a planted 10 % at cv 3 % and 10 repeats in 95 % or more', () => {
    expect(
      simulateGates({ noise: evenNoise(0.03), repeats: 10, planted: 0.1, trials: 200 }).found,
    ).toBeGreaterThanOrEqual(0.95);
  });

  it('exits 1 on unchanged code in at most one of 60 nights of a whole matrix, and tells planted changes within four runs, small ones later', () => {
    const seeds = Array.from({ length: 5 }, (_, seed) => seed + 1);
    const quiet = seeds.map((seed) => simulateMatrix(seed, { ...matrixPlan, changes: [] }).falseNights);
    expect(quiet.filter((nights) => nights <= 1).length).toBeGreaterThanOrEqual(4);
    const delays = seeds.flatMap((seed) => simulateMatrix(seed).delays);
    expect(delays.filter((delay) => delay !== null && delay < 4).length / delays.length).toBeGreaterThanOrEqual(0.9);
    expect(delays.filter((delay) => delay === null)).toEqual([]);
    const small = seeds.flatMap(
      (seed) =>
        simulateMatrix(seed, {
          ...matrixPlan,
          scenarios: 1,
          changes: [{ at: 25, deviations: 2, scenario: 0, metric: 'cpuMillisecondsPerJob' }],
        }).delays,
    );
    expect(small.filter((delay) => delay !== null).length).toBeGreaterThanOrEqual(4);
  });

  it('says of nothing that it grows in 60 nights of a whole matrix, and of what grows by 5 % a night within two weeks', () => {
    const seeds = [1, 2, 3, 4];
    const quiet = seeds.map((seed) => simulateGrowths(seed, growthPlan).falseNights);
    expect(quiet.filter((nights) => nights === 0).length).toBeGreaterThanOrEqual(3);
    for (const seed of seeds) {
      const { delay, beside } = simulateGrowths(seed, { ...growthPlan, trends: 1, perNight: 0.05 });
      expect(delay ?? Infinity).toBeLessThanOrEqual(14);
      expect(Math.abs(beside ?? Infinity)).toBeLessThanOrEqual(3);
    }
  });

  it('finds three changes of 4 standard deviations and more within three runs each, with at most one false', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { delays, falseAlarms } = simulateNightlies(seed);
      for (const delay of delays) expect(delay ?? Infinity).toBeLessThan(3);
      expect(falseAlarms).toBeLessThanOrEqual(1);
    }
  });
});
