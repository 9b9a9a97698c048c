import { describe, expect, test } from 'vitest';
import type { CriterionResult, Waiver } from '../result.ts';
import { failedRequests, judge } from './fixtures/judge.ts';
import { expectationOf } from './verdict.ts';
import { withWaivers } from './waivers.ts';

const failing = judge('goodput', failedRequests(2));
const waiver = (change: Partial<Waiver> = {}): Waiver => ({
  criterion: 'goodput',
  reason: 'the index comes with 4.2',
  until: '2026-12-31',
  ...change,
});
const on = (day: string, waivers: Waiver[], criterion: CriterionResult = failing): CriterionResult =>
  withWaivers([criterion], { waivers, day })[0]!;

describe('a failure with a waiver', () => {
  test('is a warning up to the last day, with its reason and what was measured', () => {
    expect(failing.verdict).toBe('fail');
    const waived = on('2026-12-31', [waiver()]);
    expect(waived).toMatchObject({ verdict: 'warn', title: failing.title, value: failing.value });
    expect(waived.reason).toBe(`waived until 2026-12-31 (the index comes with 4.2): ${failing.reason}`);
    expect(waived.waiver).toMatchObject({ state: 'accepted' });
    expect(expectationOf('pass', [waived], [])).toEqual({
      verdict: 'warn',
      asExpected: true,
      reason: `all criteria met but what is waived: ${failing.title}`,
    });
  });

  test('fails again the day after, and says that the waiver ended', () => {
    expect(on('2027-01-01', [waiver()])).toMatchObject({
      verdict: 'fail',
      reason: `its waiver ended on 2026-12-31 (the index comes with 4.2): ${failing.reason}`,
      waiver: { state: 'expired' },
    });
  });

  test('of two the one that still accepts it counts', () => {
    const both = [waiver({ until: '2026-11-30' }), waiver({ until: '2027-03-01', reason: 'once more' })];
    expect(on('2026-12-15', both)).toMatchObject({ verdict: 'warn', waiver: { reason: 'once more' } });
  });

  test('with a bound fails beyond it, and where a second condition failed', () => {
    const value = failing.value!;
    expect(on('2026-12-01', [waiver({ bound: value - 1 })]).verdict).toBe('warn');
    expect(on('2026-12-01', [waiver({ bound: value })]).verdict).toBe('warn');
    const beyond = on('2026-12-01', [waiver({ bound: value + 0.1 })]);
    expect(beyond).toMatchObject({ verdict: 'fail', waiver: { state: 'exceeded' } });
    expect(beyond.reason).toContain('worse than its waiver accepts');
    const second = { ...failing, value: 100 };
    expect(on('2026-12-01', [waiver({ bound: 50 })], second).verdict).toBe('fail');
    expect(on('2026-12-01', [waiver()], second).verdict).toBe('warn');
  });

  test('of a bound of exactly 0 accepts up to its own', () => {
    const lost = { ...failing, bounds: [{ severity: 'fail' as const, comparator: '=' as const, value: 0 }] };
    expect(on('2026-12-01', [waiver({ bound: 2 })], { ...lost, value: 1 }).verdict).toBe('warn');
    expect(on('2026-12-01', [waiver({ bound: 2 })], { ...lost, value: 3 }).verdict).toBe('fail');
  });
});

test('what is unknown, another criterion, or no failure at all is not waived', () => {
  const unknown: CriterionResult = { ...failing, verdict: 'inconclusive', value: null };
  expect(on('2026-12-01', [waiver()], unknown)).toEqual(unknown);
  expect(on('2026-12-01', [waiver({ criterion: 'api-p95' })])).toEqual(failing);
  const met = judge('goodput');
  expect(on('2026-12-01', [waiver()], met)).toEqual(met);
  expect(withWaivers([failing], null)).toEqual([failing]);
});
