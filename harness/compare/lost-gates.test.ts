/** What one side has and the other lacks, side by side: each is named, and none of it reads "same". */
import { describe, expect, it } from 'vitest';
import type { CheckResult, ScenarioResult } from '../result.ts';
import { compareReleases, compareRuns } from './compare.ts';
import type { Comparison } from './comparison.ts';
import { interleavedRun, madeCriterion, madeEntry, madeRun, saved } from './recordings/runs.ts';

type Change = (entry: ScenarioResult) => Partial<ScenarioResult> | null;

/** Two scenarios of unchanged code; null takes the entry away. */
const compared = (change: Change, repeats = 6): Comparison => {
  const run = interleavedRun({ repeats, cv: 0.03, seed: 3 });
  const burst = run.scenarios.map((entry) => ({ ...entry, name: 'burst', entry: entry.entry.replace('5x', 'burst') }));
  const scenarios = [...run.scenarios, ...burst].flatMap((entry) => {
    const changed = change(entry);
    return changed === null ? [] : [{ ...entry, ...changed }];
  });
  return compareReleases(saved({ ...run, scenarios }));
};

const ofBurst =
  (release: 'base' | 'head', changed: Partial<ScenarioResult> | null): Change =>
  (entry) =>
    entry.name === 'burst' && entry.release === release ? changed : {};

const failed = { state: 'failed' as const, message: 'no port was free' };
const check = (changed: Partial<CheckResult>): Pick<ScenarioResult, 'checks'> => ({
  checks: [{ ...madeEntry().checks[0]!, ...changed }],
});
const violated = { status: 'violated' as const, violations: 3 };

describe('a scenario of which one side never finished', () => {
  it.each([
    ['base', failed, 'Run base again: 6 of 6 repeats, the first burst.fixed.1.base is "failed": no port was free'],
    ['head', failed, 'Run head again: 6 of 6 repeats, the first burst.fixed.1.head is "failed": no port was free'],
    ['base', null, 'Run base again: base has no repeat of it'],
    ['head', null, 'Run head again: head has no repeat of it'],
  ] as const)('is named and makes it inconclusive: %s %j', (release, changed, nextStep) => {
    const found = compared(ofBurst(release, changed));
    expect(found).toMatchObject({ verdict: 'inconclusive', nextStep });
    expect(found.sentence).toMatch(/^Not comparable: burst \(fixed\): “Ran to its end”/);
  });

  it('neither side, or all that base had', () => {
    expect(compared(({ name }) => (name === 'burst' ? failed : {}))).toMatchObject({ verdict: 'inconclusive' });
    expect(compared(({ release }) => (release === 'base' ? failed : {}))).toMatchObject({ verdict: 'inconclusive' });
  });

  it('one repeat of a broken variant’s base, which measures no gated figure', () => {
    const found = compared(({ release, repeat }) => ({
      variant: 'broken',
      expected: 'symptoms',
      ...(release === 'base' && repeat === 2 ? failed : {}),
    }));
    expect(found.sentence).toContain('5x (broken): “Ran to its end” was inconclusive');
  });

  it('of saved runs too is told, and decides nothing: base never judged it', () => {
    const base = saved(madeRun({ scenarios: [madeEntry(), madeEntry({ name: 'burst', state: 'failed' })] }));
    const head = saved(madeRun({ scenarios: [madeEntry(), madeEntry({ name: 'burst' })] }));
    expect(compareRuns(base, head)).toMatchObject({ verdict: 'notEnoughData' });
    expect(compareRuns(base, head).sentence).toMatch(/Not measured by base: burst \(fixed\)\.$/);
  });
});

describe('an exact count', () => {
  it.each([
    ['that base could not make', check({ status: 'inconclusive' })],
    ['of a check that base does not hold', { checks: [] }],
  ])('%s is worse where head has some, also in one repeat', (_, ofBase) => {
    const found = compared(({ release, repeat }) =>
      release === 'base' ? ofBase : check(repeat === 2 ? violated : {}),
    );
    expect(found.verdict).toBe('regression');
    expect(found.sentence).toContain('5x (fixed): one effect per task, not counted, then 3');
  });

  it('is read from every repeat, though the first of head lacks the check', () => {
    const found = compared(({ release, repeat }) => {
      if (release === 'base') return {};
      return repeat === 1 ? { checks: [] } : check(violated);
    });
    expect(found.sentence).toContain('Worse: 5x (fixed): one effect per task, 0, then 3');
  });

  it('that head made in fewer repeats than base is lost: one more could be in the others', () => {
    const found = compared(({ release, repeat }) => ({
      criteria: [madeCriterion('lost-data', release === 'head' && repeat === 4 ? 'inconclusive' : 'pass', 0)],
    }));
    expect(found.verdict).toBe('inconclusive');
    expect(found.sentence).toContain(
      '“acknowledged writes lost or changed” was counted in 6 of 6 repeats of base and 5 of 6 of head',
    );
    const onBoth = compared(({ repeat }) => (repeat === 4 ? check({ status: 'inconclusive' }) : {}));
    expect(onBoth.verdict).toBe('same');
  });
});

describe('what decides nothing', () => {
  it('a figure that only head measured is told, and one that is no number is none', () => {
    const figure = (release: 'base' | 'head', value: number | null): Comparison =>
      compared((entry) => (entry.release === release ? { figures: { ...entry.figures, apiMsP95: value } } : {}));
    expect(figure('base', null).sentence).toContain(
      'Undecided: 5x (fixed): “interactive latency p95” was measured in 0 of 6 repeats of base and 6 of 6 of head',
    );
    expect(figure('head', NaN)).toMatchObject({ verdict: 'inconclusive' });
  });

  it('a criterion that head did not judge in two repeats is told', () => {
    const found = compared(({ release, repeat }) => ({
      criteria: [madeCriterion('api-p95', release === 'head' && repeat < 3 ? 'inconclusive' : 'pass', 90)],
    }));
    expect(found.verdict).toBe('same');
    expect(found.sentence).toContain('was not judged in 0 of 6 repeats of base and 2 of 6 of head');
  });

  it('a broken variant that did not show its symptoms in two repeats is told', () => {
    const found = compared(({ release, repeat }) => ({
      variant: 'broken',
      expected: 'symptoms',
      asExpected: !(release === 'head' && repeat < 3),
    }));
    expect(found.sentence).toContain('“Shows its symptoms” failed in 0 of 6 repeats of base and 2 of 6 of head');
  });

  it('far-off repeats and scenarios that were not run are told beside what got better', () => {
    const better = ({ figures, release, repeat }: ScenarioResult): Partial<ScenarioResult> => {
      if (release === 'base') return {};
      const slow = repeat < 4 ? 10 : 1;
      return { figures: { ...figures, queryMsP95: figures['queryMsP95']! / 2, jobMsP95: figures['jobMsP95']! * slow } };
    };
    const found = compared(better);
    expect(found.verdict).toBe('notEnoughData');
    expect(found.sentence).toMatch(/^Better: 5x .* Nothing got worse for sure, but some repeats are far off: /);
    const failing = madeEntry({ criteria: [madeCriterion('api-p95', 'fail', 300)] });
    const withoutBurst = compareRuns(
      saved(madeRun({ scenarios: [failing, madeEntry({ name: 'burst' })] })),
      saved(madeRun({ scenarios: [madeEntry()] })),
    );
    expect(withoutBurst).toMatchObject({ verdict: 'improvement' });
    expect(withoutBurst.sentence).toMatch(/Not part of head’s run: burst \(fixed\)\.$/);
  });
});
