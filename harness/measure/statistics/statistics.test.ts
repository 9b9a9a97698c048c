import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { changePointDefaults, changePoints } from './change-points.ts';
import { smallestDetectable } from './detectable.ts';
import { fisherP } from './fisher.ts';
import { holm } from './holm.ts';
import { effectWord, mannWhitney, smallestP } from './mann-whitney.ts';
import { normalFrom, randomFrom } from './random.ts';
import { bootstrapInterval, hodgesLehmann, shiftInterval } from './shift.ts';
import { incompleteBeta, studentP, tTest } from './t-test.ts';

interface SciPyValues {
  mannWhitney: {
    base: number[];
    head: number[];
    u: number;
    p: number;
    exactWithoutTies: number | null;
    hodgesLehmann: number;
    t: number | null;
    tP: number | null;
  }[];
  larger: { base: number[]; head: number[]; u: number; p: number }[];
  incompleteBeta: { x: number; a: number; b: number; value: number }[];
  student: { t: number; degrees: number; p: number }[];
}

const scipy = JSON.parse(readFileSync(new URL('recordings/scipy-values.json', import.meta.url), 'utf8')) as SciPyValues;

/** Two samples without ties whose head is above base in exactly `u` pairs. */
const samplesWithU = (size: number, u: number): { base: number[]; head: number[] } => {
  const base = Array.from({ length: size }, (_, position) => position + 1);
  let left = u;
  const head = Array.from({ length: size }, (_, position) => {
    const above = Math.min(size, left);
    left -= above;
    return above + 0.5 + position / 100;
  });
  return { base, head };
};

describe('Mann-Whitney', () => {
  it.each(scipy.mannWhitney)(
    'agrees with SciPy, ties or not: U = $u, p = $p',
    ({ base, head, u, p, exactWithoutTies }) => {
      const found = mannWhitney(base, head);
      expect(found.u).toBeCloseTo(u, 10);
      expect(found.p).toBeCloseTo(p, 10);
      if (exactWithoutTies !== null) expect(found.p).toBeCloseTo(exactWithoutTies, 10);
    },
  );

  it.each(scipy.larger)('agrees with SciPy on larger samples: U = $u, p = $p', ({ base, head, u, p }) => {
    const found = mannWhitney(base, head);
    expect(found.u).toBeCloseTo(u, 10);
    expect(found.p).toBeCloseTo(p, 10);
  });

  // Critical values of U, two-sided 0.05, of every printed table (Mann and Whitney 1947; Siegel 1956, table K).
  it.each([
    [5, 2],
    [6, 5],
    [8, 13],
    [10, 23],
    [12, 37],
    [20, 127],
  ])('has the critical value of the printed table: n = %i a side, U = %i', (size, critical) => {
    const p = (u: number): number => {
      const { base, head } = samplesWithU(size, u);
      return mannWhitney(base, head).p;
    };
    expect(p(critical)).toBeLessThanOrEqual(0.05);
    expect(p(critical + 1)).toBeGreaterThan(0.05);
  });

  it('says the smallest p that so few values can give', () => {
    expect([3, 4, 5, 6].map((size) => smallestP(size, size).toFixed(3))).toEqual(['0.100', '0.029', '0.008', '0.002']);
    expect(mannWhitney([1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12]).p).toBeCloseTo(smallestP(6, 6), 12);
  });

  it('gives the effect size in figures and in a word', () => {
    expect(mannWhitney([1, 2, 3], [4, 5, 6]).cliffsDelta).toBe(1);
    expect(mannWhitney([4, 5, 6], [1, 2, 3]).cliffsDelta).toBe(-1);
    expect(mannWhitney([5, 5], [5, 5]).cliffsDelta).toBe(0);
    expect([0.1, -0.2, 0.4, -0.9].map(effectWord)).toEqual(['negligible', 'small', 'medium', 'large']);
  });
});

describe('Holm', () => {
  it("agrees with R's p.adjust(method = 'holm')", () => {
    expect(holm([0.01, 0.02, 0.03, 0.04])).toEqual([0.04, 0.06, 0.06, 0.06]);
    expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => Number(p.toFixed(12)))).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([])).toEqual([]);
  });
});

describe('Fisher', () => {
  // SciPy 1.17.1: scipy.stats.fisher_exact([[6, 0], [0, 6]], alternative='greater').pvalue and so on.
  it.each([
    [[0, 6], [6, 6], 0.0010822510822510825],
    [[1, 5], [6, 6], 0.04004329004329004],
    [[0, 4], [6, 6], 0.030303030303030304],
    [[2, 7], [10, 9], 0.01852172595206651],
  ] as const)('agrees with SciPy: %o of %o', (counts, totals, p) => {
    expect(fisherP(counts, totals)).toBeCloseTo(p, 7);
    expect(fisherP([counts[1], counts[0]], [totals[1], totals[0]])).toBeCloseTo(p, 7);
  });

  it('is 1 where there is nothing to tell apart', () => {
    expect(fisherP([0, 0], [6, 6])).toBeCloseTo(1, 12);
    expect(fisherP([6, 6], [6, 6])).toBeCloseTo(1, 12);
  });
});

describe('shift', () => {
  it.each(scipy.mannWhitney)('agrees with NumPy: $hodgesLehmann', ({ base, head, hodgesLehmann: expected }) => {
    expect(hodgesLehmann(base, head)).toBeCloseTo(expected, 12);
  });

  it('has an interval that covers the true shift about 95 times of 100', () => {
    const normal = normalFrom(randomFrom(3));
    let covered = 0;
    for (let trial = 0; trial < 200; trial += 1) {
      const base = Array.from({ length: 15 }, normal);
      const head = Array.from({ length: 15 }, () => 1 + normal());
      const { low, high } = shiftInterval(base, head, randomFrom(trial), { resamples: 300 });
      if (low <= 1 && high >= 1) covered += 1;
    }
    expect(covered / 200).toBeGreaterThan(0.88);
    expect(covered / 200).toBeLessThan(0.99);
  });

  it('repeats to the digit with the same seed, and differs with another', () => {
    const interval = (seed: number): unknown => shiftInterval([1, 2, 4, 8], [3, 5, 6, 9], randomFrom(seed));
    expect(interval(1)).toEqual(interval(1));
    expect(interval(1)).not.toEqual(bootstrapInterval([1, 2, 4, 8], (values) => values[0]!, randomFrom(1)));
  });
});

describe("Student's t", () => {
  it.each(scipy.incompleteBeta)('incomplete beta agrees with SciPy: I_$x($a, $b)', ({ x, a, b, value }) => {
    expect(incompleteBeta(x, a, b)).toBeCloseTo(value, 11);
  });

  it.each(scipy.student)('p agrees with SciPy: t = $t, df = $degrees', ({ t, degrees, p }) => {
    expect(studentP(t, degrees) / p).toBeCloseTo(1, 8);
  });

  it.each(scipy.mannWhitney.filter(({ t }) => t !== null))(
    'test agrees with SciPy: t = $t',
    ({ base, head, t, tP }) => {
      expect(tTest(base, head).t).toBeCloseTo(t!, 9);
      expect(tTest(base, head).p).toBeCloseTo(tP!, 9);
    },
  );

  it('without variance knows equal from unequal', () => {
    expect(tTest([2, 2, 2], [2, 2]).p).toBe(1);
    expect(tTest([2, 2, 2], [3, 3]).p).toBe(0);
  });
});

describe('change points', () => {
  const noisy = (levels: readonly number[], cv: number, seed: number): number[] => {
    const normal = normalFrom(randomFrom(seed));
    return levels.map((level) => level * (1 + cv * normal()));
  };
  const level = (count: number, value: number): number[] => new Array<number>(count).fill(value);

  it('finds a jump at its first run, and nothing else', () => {
    const found = changePoints(noisy([...level(20, 100), ...level(20, 120)], 0.02, 5));
    expect(found.map(({ index }) => index)).toEqual([20]);
    expect(found[0]!.relative).toBeCloseTo(0.2, 1);
    expect(found[0]!.p).toBeLessThan(0.001);
  });

  it('finds a jump and the way back, also beyond one window', () => {
    const found = changePoints(noisy([...level(45, 100), ...level(12, 130), ...level(45, 100)], 0.02, 6));
    expect(found.map(({ index }) => index)).toEqual([45, 57]);
  });

  it('is silent below ten points, on noise, on changes under 5 %, and on a single outlier', () => {
    expect(changePoints([1, 1, 1, 1, 1, 9, 9, 9, 9])).toEqual([]);
    expect(changePoints(noisy(level(60, 100), 0.05, 7))).toEqual([]);
    expect(changePoints(noisy([...level(30, 100), ...level(30, 103)], 0.005, 8))).toEqual([]);
    expect(changePoints(noisy([...level(20, 100), 160, ...level(20, 100)], 0.02, 9))).toEqual([]);
  });

  it('sees the small change once its minimum is lowered: the minimum is what silenced it', () => {
    const values = noisy([...level(30, 100), ...level(30, 103)], 0.005, 8);
    expect(changePoints(values, { ...changePointDefaults, minimumMagnitude: 0 }).map(({ index }) => index)).toEqual([
      30,
    ]);
  });
});

describe('smallest detectable change', () => {
  it('grows with noise, shrinks with repeats, never falls below the minimum', () => {
    const at = (cv: number, repeats: number): number | null =>
      smallestDetectable({ cv, baseCount: repeats, headCount: repeats, maximumP: 0.05 / 6, minimumChange: 0.05 });
    expect(at(0.1, 10)!).toBeGreaterThan(at(0.05, 10)!);
    expect(at(0.05, 6)!).toBeGreaterThan(at(0.05, 10)!);
    expect(at(0, 10)!).toBeGreaterThanOrEqual(0.05);
    expect(at(0.03, 10)!).toBeLessThan(0.1);
  });

  it('is null where so few repeats can never reach p', () => {
    expect(
      smallestDetectable({ cv: 0.01, baseCount: 3, headCount: 3, maximumP: 0.05, minimumChange: 0.05 }),
    ).toBeNull();
  });
});
