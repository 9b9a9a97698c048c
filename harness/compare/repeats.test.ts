import { describe, expect, it } from 'vitest';
import type { ScenarioResult, Verdict } from '../result.ts';
import { compareReleases, compareRuns } from './compare.ts';
import type { Comparison } from './comparison.ts';
import { interleavedRun, madeCriterion, madeEntry, madeRun, saved } from './recordings/runs.ts';

/** Two releases of unchanged code, `change` made to what each repeat gave. */
const compared = (
  repeats: number,
  change: (entry: ScenarioResult) => Partial<ScenarioResult>,
  seed = 3,
): Comparison => {
  const run = interleavedRun({ repeats, cv: 0.03, seed });
  return compareReleases(saved({ ...run, scenarios: run.scenarios.map((one) => ({ ...one, ...change(one) })) }));
};

const without = ({ figures }: ScenarioResult, ...ids: string[]): Pick<ScenarioResult, 'figures'> => ({
  figures: { ...figures, ...Object.fromEntries(ids.map((id) => [id, null])) },
});

/** Criteria of which some fail in the first repeats of a side. */
const failing = (failures: Record<string, { base: number; head: number }>) => (entry: ScenarioResult) => ({
  criteria: Object.entries(failures).map(([id, times]) => {
    const fails = entry.repeat <= times[entry.release!];
    return madeCriterion(id, fails ? 'fail' : 'pass', fails ? 260 : 90);
  }),
});

/** A figure that is so many times higher in the first repeats of head. */
const slower = (id: string, repeats: number, times: number) => (entry: ScenarioResult) =>
  entry.release === 'head' && entry.repeat <= repeats
    ? { figures: { ...entry.figures, [id]: entry.figures[id]! * times } }
    : {};

describe('a gate that is gone', () => {
  it('is named and makes it inconclusive: three of six, in all repeats of head', () => {
    const found = compared(10, (entry) =>
      entry.release === 'head' ? without(entry, 'apiMsP95', 'queryMsP95', 'jobMsP95') : {},
    );
    expect(found.verdict).toBe('inconclusive');
    expect(found.sentence).toBe(
      'Not comparable: 5x (fixed): “interactive latency p95”, “query latency p95”, “job duration p95” ' +
        'were measured in 10 of 10 repeats of base and 0 of 10 of head.',
    );
    expect(found.criteria.map(({ criterion, change }) => [criterion, change])).toEqual([
      ['figure-apiMsP95', 'lost'],
      ['figure-queryMsP95', 'lost'],
      ['figure-jobMsP95', 'lost'],
    ]);
  });

  it.each(['base', 'head'] as const)('also where %s measured it in fewer repeats', (side) => {
    const found = compared(10, (entry) =>
      entry.release === side && entry.repeat < 3 ? without(entry, 'jobMsP95') : {},
    );
    expect(found.verdict).toBe('inconclusive');
    expect(found.sentence).toContain(side === 'base' ? '8 of 10 repeats of base' : 'and 8 of 10 of head');
  });

  it('counts repeats that are not there at all, and those of base that never finished', () => {
    const run = interleavedRun({ repeats: 10, cv: 0.03 });
    const fewer = run.scenarios.filter(({ release, repeat }) => release === 'base' || repeat < 8);
    expect(compareReleases(saved({ ...run, scenarios: fewer })).sentence).toContain('and 7 of 10 of head');
    const ended = run.scenarios.map((one) =>
      one.release === 'base' && one.repeat === 1 ? { ...one, state: 'failed' as const } : one,
    );
    expect(compareReleases(saved({ ...run, scenarios: ended }))).toMatchObject({ verdict: 'inconclusive' });
  });

  it('a repeat of head that never finished is named once', () => {
    const found = compared(10, ({ release, repeat }) =>
      release === 'head' && repeat === 2 ? { state: 'failed' as const, message: 'no port was free' } : {},
    );
    expect(found.verdict).toBe('inconclusive');
    expect(found.criteria.map(({ criterion }) => criterion)).toEqual(['ran-to-its-end']);
    expect(found.nextStep).toContain('1 of 10 repeats, the first 5x.fixed.2.head is "failed": no port was free');
  });

  it('of saved runs too; what only head measures, or neither, is no loss', () => {
    const of = (figures: ScenarioResult['figures']): ReturnType<typeof saved> =>
      saved(madeRun({ scenarios: [madeEntry({ figures })] }));
    expect(compareRuns(of({ apiMsP95: 92, queryMsP95: 4 }), of({ apiMsP95: 92 }))).toMatchObject({
      verdict: 'inconclusive',
      sentence:
        'Not comparable: 5x (fixed): “query latency p95” was measured in 1 of 1 repeats of base and 0 of 1 of head.',
    });
    expect(compareRuns(of({ apiMsP95: 92 }), of({ apiMsP95: 92, queryMsP95: 4 })).verdict).toBe('notEnoughData');
    expect(compareRuns(of({ queryMsP95: null }), of({ queryMsP95: null })).verdict).toBe('notEnoughData');
  });

  it('a criterion that head did not judge in six of ten repeats is lost, though the others pass', () => {
    const found = compared(10, ({ release, repeat }) => ({
      criteria: [madeCriterion('api-p95', release === 'head' && repeat < 7 ? 'inconclusive' : 'pass', 90)],
    }));
    expect(found.verdict).toBe('inconclusive');
    expect(found.sentence).toContain('not judged in 0 of 10 repeats of base and 6 of 10 of head');
  });
});

describe('a criterion over the repeats', () => {
  it('that fails in 4 of 10 against 0 of 10 is a regression, whatever most repeats say', () => {
    const found = compared(10, failing({ 'api-p95': { base: 0, head: 4 } }));
    expect(found.verdict).toBe('regression');
    expect(found.sentence).toBe(
      'Worse: 5x (fixed): “Interactive requests stay fast” failed in 0 of 10 repeats of base and 4 of 10 of head.',
    );
    expect(found.criteria[0]).toMatchObject({ head: { verdict: 'fail', value: 260 }, base: { value: 90 } });
    expect(compared(10, failing({ 'api-p95': { base: 4, head: 0 } })).criteria[0]).toMatchObject({
      change: 'other',
      repeats: 'failed in 4 of 10 repeats of base and 0 of 10 of head',
    });
    expect(compared(10, failing({ 'api-p95': { base: 8, head: 2 } })).verdict).toBe('improvement');
  });

  it('that fails in 3 of 10 against 0 of 10 could be chance', () => {
    const found = compared(10, failing({ 'api-p95': { base: 0, head: 3 } }));
    expect(found.verdict).toBe('same');
    const text = 'failed in 0 of 10 repeats of base and 3 of 10 of head.';
    expect(found.sentence).toContain(` Undecided: 5x (fixed): “Interactive requests stay fast” ${text}`);
    expect(compared(10, failing({ 'api-p95': { base: 1, head: 3 } })).sentence).not.toContain('Undecided');
  });

  it('is not hidden by one that is unsteady on both sides, nor by others that fail with it', () => {
    const unsteady = compared(10, failing({ 'api-p95': { base: 0, head: 4 }, 'query-p95': { base: 3, head: 3 } }));
    expect(unsteady.verdict).toBe('regression');
    const together = failing({ 'api-p95': { base: 0, head: 4 }, a: { base: 0, head: 4 }, b: { base: 0, head: 4 } });
    expect(compared(10, together).criteria).toHaveLength(3);
  });

  it('takes its part of the 5 % first: a figure that only the rest would call is named, and is no change for sure', () => {
    const of = (times: number, fails: { base: number; head: number }): Comparison =>
      compared(10, (entry) => ({ ...slower('apiMsP95', 10, times)(entry), ...failing({ 'query-p95': fails })(entry) }));
    const [steady, unsteady] = [
      { base: 0, head: 0 },
      { base: 2, head: 2 },
    ];
    expect(of(1.04, steady).verdict).toBe('regression');
    const unsure = of(1.04, unsteady);
    expect(unsure.verdict).toBe('notEnoughData');
    expect(unsure.sentence).toMatch(/^Nothing changed for sure: .* it could be chance that 5x \(fixed\): interactive/);
    expect(unsure.metrics.find(({ metric }) => metric === 'apiMsP95')).toMatchObject({ unsure: true });
    expect(of(1.3, unsteady).verdict).toBe('regression');
    expect(of(0.7, unsteady).verdict).toBe('improvement');
  });

  it('many unsteady criteria are not many chances of a false alarm', () => {
    const one: Verdict[] = ['fail', 'fail', 'fail', 'fail', ...Array<Verdict>(16).fill('pass')];
    // Each fails in four other repeats, one of them in four of head and none of base.
    const found = compared(10, ({ release, repeat }) => ({
      criteria: ['a', 'b', 'c', 'd', 'e'].map((id, shift) => {
        const place = (repeat - 1) * 2 + (release === 'base' ? 1 : 0);
        const order = shift === 0 && release === 'head' ? repeat - 1 : place;
        const fails = shift === 0 ? release === 'head' && order < 4 : one[(place + shift * 4) % 20] === 'fail';
        return madeCriterion(id, fails ? 'fail' : 'pass', 1);
      }),
    }));
    expect(found.verdict).toBe('notEnoughData');
    expect(found.sentence).toContain(
      'it could be chance that 5x (fixed): “a” failed in 0 of 10 repeats of base and 4 of 10 of head',
    );
  });
});

describe('half of the repeats ten times slower', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is a regression at ten repeats, whatever the noise: seed %i', (seed) => {
    const found = compared(10, slower('apiMsP95', 5, 10), seed);
    expect(found.verdict).toBe('regression');
    expect(found.sentence).toContain('interactive latency p95');
  });

  it('is named as what it is where the ranks alone show nothing', () => {
    const found = compared(10, slower('apiMsP95', 5, 10), 1);
    expect(found.sentence).toBe(
      'Worse: 5x (fixed): interactive latency p95 was twice its usual value or more in 0 of 10 repeats of base and ' +
        '5 of 10 of head.',
    );
  });

  it('is named at six repeats, where it could be chance, and never reads "same"', () => {
    const found = compared(6, slower('jobMsP95', 3, 10));
    expect(found.verdict).toBe('notEnoughData');
    expect(found.sentence).toContain(
      'job duration p95 was twice its usual value or more in 0 of 6 repeats of base and 3 of 6 of head',
    );
    expect(found.nextStep).toContain('--repeats 12');
  });

  it('one slow repeat, or as many on both sides, is no finding', () => {
    expect(compared(10, slower('apiMsP95', 1, 10)).verdict).toBe('same');
    const both = compared(10, ({ repeat, figures }) =>
      repeat <= 3 ? { figures: { ...figures, apiMsP95: figures['apiMsP95']! * 10 } } : {},
    );
    expect(both.verdict).toBe('same');
  });
});
