import { describe, expect, it } from 'vitest';
import { history } from './history.ts';
import { historyMarkdown } from './markdown.ts';
import type { SavedRun } from '../archive/read-run.ts';
import { normalFrom, randomFrom } from '../measure/statistics/random.ts';
import { madeCriterion, madeEntry, madeRun, saved } from './recordings/runs.ts';

const nightly = (night: number, apiMsP95: number, change: Parameters<typeof madeRun>[0] = {}): SavedRun => {
  const startedAt = new Date(Date.UTC(2026, 0, 1 + night, 2)).toISOString();
  return saved(
    madeRun({
      id: `night-${night}`,
      startedAt,
      scenarios: [madeEntry({ figures: { apiMsP95, queriesPerJob: 40 } })],
      ...change,
    }),
  );
};

const nightlies = (levels: number[], cv = 0.02): SavedRun[] => {
  const normal = normalFrom(randomFrom(11));
  return levels.map((level, night) => nightly(night, level * (1 + cv * normal())));
};

const level = (count: number, value: number): number[] => new Array<number>(count).fill(value);

interface Growing {
  flat: number;
  rises: number;
  from?: number;
  night?: number;
  failsAt?: number;
  worseFrom?: number;
}

/** Nights with a level of schedules, and then two more each night; the latency stays, or is worse from a night on. */
const growing = ({ flat, rises, from = 12, night: first = 0, failsAt, worseFrom = Infinity }: Growing): SavedRun[] => {
  const normal = normalFrom(randomFrom(11));
  return Array.from({ length: flat + rises }, (_, index) => {
    const night = first + index;
    const apiMsP95 = (night >= worseFrom ? 140 : 100) * (1 + 0.02 * normal());
    const figures = { apiMsP95, schedulesHeld: from + 2 * Math.max(0, index - flat + 1), cacheEntriesHeld: null };
    return nightly(night, 0, { scenarios: [madeEntry({ figures, verdict: night === failsAt ? 'fail' : 'pass' })] });
  });
};

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

  it('is a regression as long as the change is news: for five runs from the one that first shows it', () => {
    const after = (nights: number): string => history(nightlies([...level(20, 100), ...level(nights, 130)])).verdict;
    expect([after(0), after(3), after(6), after(7)]).toEqual(['same', 'regression', 'regression', 'same']);
    expect(history(nightlies([...level(20, 100), ...level(3, 130)])).sentence).toMatch(
      /^Worse: 5x \(fixed\): interactive latency p95 \+\d\d % since night-20\.$/,
    );
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
    const like = [
      ...runs,
      { ...runs[3]!, run: { ...runs[3]!.run, label: 'v1' } },
      nightly(-1, 1, { state: 'running' }),
      nightly(-2, 400, { profile: { name: 'smoke', timeScale: 900 } }),
    ];
    const found = history(like);
    expect(found.trends[0]!.points).toHaveLength(12);
    expect(found.leftOut.map(({ reason }) => reason).join('; ')).toMatch(/never came to its end.*the profile was/);
    expect(found.runs.filter(({ label }) => label === 'v1')).toHaveLength(1);
    expect(history([...runs, smoke])).toMatchObject({
      verdict: 'same',
      notes: [
        expect.stringMatching(
          /^5x \(fixed\): the newest run, night-30, is not like the others: the profile was .*the 12 of 13 runs up to night-11\.$/,
        ),
      ],
    });
  });

  it('is not blinded by one odd newest run, nor made old by runs of another kind', () => {
    const smoke = (night: number): SavedRun => nightly(night, 5, { profile: { name: 'smoke', timeScale: 900 } });
    const worse = nightlies([...level(20, 100), ...level(3, 150)]);
    for (const odd of [1, 8]) {
      const found = history([...worse, ...Array.from({ length: odd }, (_, index) => smoke(30 + index))]);
      expect(found.verdict).toBe('regression');
      expect(found.trends[0]!.points).toHaveLength(23);
      expect(found.leftOut).toHaveLength(odd);
    }
    const renewed = history([...worse, ...Array.from({ length: 10 }, (_, index) => smoke(30 + index))]);
    expect(renewed).toMatchObject({ verdict: 'same', notes: [] });
    expect(renewed.trends[0]!.points).toHaveLength(10);
  });

  it('says how many like runs there really are', () => {
    const other = (night: number): SavedRun => nightly(night, 5, { profile: { name: 'smoke', timeScale: 900 } });
    expect(history([...nightlies(level(9, 100)), other(20), other(21)])).toMatchObject({
      verdict: 'notEnoughData',
      sentence: '9 like runs of 11: changes are looked for from 10 on.',
    });
  });

  it("forgets the change of a scenario that has not run since: what is newest, the history's runs say", () => {
    const both = nightlies([...level(20, 100), ...level(3, 150)]).map((saved) => ({
      ...saved,
      run: { ...saved.run, scenarios: [...saved.run.scenarios, madeEntry({ name: '2x' })] },
    }));
    const later = Array.from({ length: 30 }, (_, index) =>
      nightly(30 + index, 1, { scenarios: [madeEntry({ name: '2x' })] }),
    );
    expect(history(both).verdict).toBe('regression');
    expect(history([...both, ...later.slice(0, 3)]).verdict).toBe('regression');
    expect(history([...both, ...later])).toMatchObject({
      verdict: 'same',
      notes: ['5x (fixed): has not run since night-22, 30 runs ago.'],
    });
  });

  it('tells a small change once, when it can first be seen', () => {
    const normal = normalFrom(randomFrom(3));
    const all = Array.from({ length: 60 }, (_, night) =>
      nightly(night, 100 * (1 + 0.05 * ((night >= 25 ? 2 : 0) + normal()))),
    );
    const exits = all
      .map((_, night) => night)
      .filter((night) => history(all.slice(0, night + 1)).verdict === 'regression');
    expect(exits[0]!).toBeGreaterThanOrEqual(30);
    expect(exits).toEqual(Array.from({ length: 5 }, (_, index) => exits[0]! + index));
  });

  it('gates only the gated figures, and only changes that compare would count; the others are told for information', () => {
    const night = (figures: (night: number) => Record<string, number>): ReturnType<typeof history> =>
      history(
        Array.from({ length: 23 }, (_, index) =>
          nightly(index, 0, { scenarios: [madeEntry({ figures: figures(index) })] }),
        ),
      );
    const jitter = (index: number): number => 1 + 0.004 * ((index * 7) % 5);
    const small = night((index) => ({ apiMsP95: (index < 20 ? 3 : 3.25) * jitter(index) }));
    expect(small.trends[0]!.changes).toMatchObject([{ index: 20, gates: false, recent: true, verdict: 'regression' }]);
    expect(small.verdict).toBe('same');
    expect(small.sentence).toMatch(
      /^No gated figure changed among the newest 5 runs\. Drawn for information, not gated: 5x \(fixed\): interactive latency p95 \+8\.\d % since night-20\.$/,
    );
    expect(night((index) => ({ errorShare: index < 20 ? 0 : jitter(index) / 60_000 })).verdict).toBe('same');
    expect(night((index) => ({ poolWaitMsP95: (index < 20 ? 1 : 9) * jitter(index) })).verdict).toBe('same');
    expect(night((index) => ({ queriesPerJob: (index < 20 ? 40 : 44) * jitter(index) })).verdict).toBe('regression');
  });

  it('draws the bounds of every criterion that has a figure', () => {
    const bound = (id: string, value: number): ReturnType<typeof madeCriterion> => ({
      ...madeCriterion(id, 'pass', 1),
      bounds: [{ severity: 'fail', comparator: '<', value }],
    });
    const entry = madeEntry({
      figures: { poolUtilisationMax: 40, dueToStartSecondsP95: 0.1, jobsDone: 3 },
      criteria: [bound('pool-utilisation', 80), bound('due-to-start', 2000)],
    });
    const { trends } = history([nightly(1, 0, { scenarios: [entry] })]);
    expect(Object.fromEntries(trends.map(({ metric, bounds }) => [metric, bounds.map(({ value }) => value)]))).toEqual({
      poolUtilisationMax: [80],
      dueToStartSecondsP95: [2],
      jobsDone: [],
    });
  });

  it('names what grows a little with every run, since when, over how many, and whether one has failed', () => {
    const found = history(growing({ flat: 8, rises: 9, failsAt: 16 }));
    expect(found).toMatchObject({
      verdict: 'growing',
      sentence:
        'Grows from run to run: 5x (fixed): schedules 12 → 30 over 9 runs, since night-7. ' +
        'No gated figure changed among the newest 5 runs.',
    });
    const trend = found.trends.find(({ metric }) => metric === 'schedulesHeld')!;
    expect(trend.growth).toMatchObject({
      sinceRun: 'night-7',
      toldRun: 'night-12',
      failedRun: 'night-16',
      runsAhead: 4,
    });
    expect(trend.changes).toEqual([]);
    expect(historyMarkdown(found)).toContain(
      '| 5x \\(fixed\\) | schedules | 12 → 30 | \\+2 | 9 runs | night-7 | night-12 | night-16, 4 runs later |',
    );
  });

  it('lets a regression decide, and tells the growth beside it', () => {
    const { verdict, sentence } = history(growing({ flat: 20, rises: 8, worseFrom: 25 }));
    expect(verdict).toBe('regression');
    expect(sentence).toMatch(
      /^Worse: .* since night-25\. Grows from run to run: 5x \(fixed\): schedules 12 → 28 over 8/,
    );
  });

  it('tells the same thing of several scenarios once', () => {
    const both = growing({ flat: 8, rises: 9 }).map((one) => ({
      ...one,
      run: { ...one.run, scenarios: [...one.run.scenarios, { ...one.run.scenarios[0]!, name: '2x' }] },
    }));
    expect(history(both).sentence).toMatch(/^Grows from run to run: 5x \(fixed\) and 1 more: schedules 12 → 30/);
  });

  it('says nothing of growth where a step, an end, a change of another figure or a scenario that is gone explains it', () => {
    const step = growing({ flat: 10, rises: 0 }).concat(growing({ flat: 10, rises: 0, from: 31, night: 10 }));
    expect(history(step).trends.find(({ metric }) => metric === 'schedulesHeld')).toMatchObject({
      growth: null,
      changes: [{ index: 10 }],
    });
    const grown = growing({ flat: 8, rises: 9 });
    const later = Array.from({ length: 6 }, (_, night) =>
      nightly(30 + night, 1, { scenarios: [madeEntry({ name: '2x' })] }),
    );
    expect(history([...grown, ...later]).trends.every(({ growth }) => growth === null)).toBe(true);
    const latency = nightlies(Array.from({ length: 30 }, (_, night) => 100 + 3 * night));
    expect(history(latency).trends.every(({ growth }) => growth === null)).toBe(true);
  });

  it('makes nothing of no runs at all', () => {
    expect(history([])).toMatchObject({ runs: [], trends: [] });
  });
});
