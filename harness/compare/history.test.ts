import { describe, expect, it } from 'vitest';
import { history } from './history.ts';
import type { SavedRun } from './read-run.ts';
import { normalFrom, randomFrom } from '../measure/statistics/random.ts';
import { interleavedRun, madeEntry, madeRun, saved } from './recordings/runs.ts';
import { evenNoise, noiseRows, ownNoise, simulateGates, simulateNightlies } from './simulation.ts';

const nightly = (night: number, apiMsP95: number, change: Parameters<typeof madeRun>[0] = {}): SavedRun => {
  const startedAt = new Date(Date.UTC(2026, 0, 1 + night, 2)).toISOString();
  return saved(madeRun({ id: `night-${night}`, startedAt, scenarios: [madeEntry({ figures: { apiMsP95, queriesPerJob: 40 } })], ...change }));
};

const nightlies = (levels: number[], cv = 0.02): SavedRun[] => {
  const normal = normalFrom(randomFrom(11));
  return levels.map((level, night) => nightly(night, level * (1 + cv * normal())));
};

const level = (count: number, value: number): number[] => new Array<number>(count).fill(value);

describe('history', () => {
  it('marks the first run after a change, with size, noise and bounds', () => {
    const found = history(nightlies([...level(20, 100), ...level(20, 120)]).toReversed());
    const trend = found.trends.find(({ metric }) => metric === 'apiMsP95')!;
    expect(trend.changes).toHaveLength(1);
    expect(trend.changes[0]).toMatchObject({ index: 20, run: 'night-20', verdict: 'regression', recent: false });
    expect(trend.changes[0]!.relative).toBeCloseTo(0.2, 1);
    expect(trend.noise).toBeGreaterThan(0.01);
    expect(trend.noise).toBeLessThan(0.03);
    expect(trend.bounds).toEqual([{ severity: 'fail', comparator: '<', value: 200 }]);
    expect(found.verdict).toBe('same');
  });

  it('is a regression as long as the change is news: the newest five runs', () => {
    const after = (nights: number): string => history(nightlies([...level(20, 100), ...level(nights, 130)])).verdict;
    expect([after(0), after(3), after(5), after(6)]).toEqual(['same', 'regression', 'regression', 'same']);
    expect(history(nightlies([...level(20, 100), ...level(3, 130)])).sentence).toMatch(/^Worse: 5x \(fixed\): interactive latency p95 \+\d\d % since night-20\.$/);
    expect(history(nightlies([...level(20, 130), ...level(3, 100)])).verdict).toBe('improvement');
  });

  it('is silent below ten points', () => {
    const found = history(nightlies([...level(5, 100), ...level(4, 200)]));
    expect(found.trends.every(({ silent, changes }) => silent && changes.length === 0)).toBe(true);
    expect(found.verdict).toBe('notEnoughData');
  });

  it('leaves out unlike and unfinished runs with the reason, and counts a kept run once', () => {
    const runs = nightlies(level(12, 100));
    const smoke = nightly(30, 500, { profile: { name: 'smoke', timeScale: 900 } });
    const like = [...runs, { ...runs[3]!, run: { ...runs[3]!.run, label: 'v1' } }, nightly(-1, 1, { state: 'running' }), nightly(-2, 400, { profile: { name: 'smoke', timeScale: 900 } })];
    const found = history(like);
    expect(found.trends[0]!.points).toHaveLength(12);
    expect(found.leftOut.map(({ reason }) => reason).join('; ')).toMatch(/never came to its end.*the profile was/);
    expect(found.runs.filter(({ label }) => label === 'v1')).toHaveLength(1);
    expect(history([...runs, smoke]).trends[0]!.points).toHaveLength(1);
  });

  it('makes nothing of no runs at all', () => {
    expect(history([])).toMatchObject({ runs: [], trends: [] });
  });
});

describe('how often it is right (quick; node harness/compare/simulate.ts has it in full)', () => {
  it.each([[0.03, 6], [0.03, 10], [0.1, 6], [0.1, 10]])('unchanged at cv %d and %i repeats: false alarms over all gates in at most 1 of 20', (cv, repeats) => {
    expect(simulateGates({ noise: evenNoise(cv), repeats, planted: 0, trials: 2000 }).falseAlarms).toBeLessThanOrEqual(0.05);
  });

  it('takes the noise of real repeats, whole repeats at a time', () => {
    const rows = noiseRows(interleavedRun({ repeats: 10, cv: 0.05 }));
    expect(rows).toHaveLength(20);
    expect(Math.max(...rows.flat().map(Math.abs))).toBeLessThan(0.25);
    expect(simulateGates({ noise: ownNoise(rows), repeats: 6, planted: 0, trials: 500 }).falseAlarms).toBeLessThanOrEqual(0.06);
    expect(simulateGates({ noise: ownNoise(rows), repeats: 10, planted: 1, trials: 50 }).found).toBe(1);
  });

  it('finds a planted 10 % at cv 3 % and 10 repeats in 95 % or more', () => {
    expect(simulateGates({ noise: evenNoise(0.03), repeats: 10, planted: 0.1, trials: 200 }).found).toBeGreaterThanOrEqual(0.95);
  });

  it('finds three changes of 4 standard deviations and more within three runs each, with at most one false', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { delays, falseAlarms } = simulateNightlies(seed);
      for (const delay of delays) expect(delay ?? Infinity).toBeLessThan(3);
      expect(falseAlarms).toBeLessThanOrEqual(1);
    }
  });
});
