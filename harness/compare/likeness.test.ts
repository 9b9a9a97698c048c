import { expect, test } from 'vitest';
import { loadTotals } from '../grade/fixtures/judge.ts';
import type { ScenarioResult } from '../result.ts';
import { unlikeReasons } from './likeness.ts';
import { madeEntry, madeRun } from './recordings/runs.ts';

/** A script of the user's own that declares so many seconds and took so many. */
const script = (lastedMs: number, change: Partial<ScenarioResult> = {}, fullSeconds = 40): ScenarioResult =>
  madeEntry({
    group: 'external',
    phases: [{ name: 'load', kind: 'steady', startMs: 900, endMs: 900 + lastedMs, fullSeconds, activeJobs: 0 }],
    ...change,
  });

const reasons = (base: ScenarioResult, head: ScenarioResult): string[] => {
  const pair = { scenario: base.name, variant: base.variant, base: [base], head: [head] };
  return unlikeReasons(madeRun({ scenarios: [base] }), madeRun({ scenarios: [head] }), [pair]);
};

test.each([40_000, 40_499, 40_501, 42_300])('a script that took %i ms is like one that took 40,000', (lastedMs) => {
  expect(reasons(script(40_000), script(lastedMs))).toEqual([]);
});

test('another declared length is another load, also before it runs', () => {
  expect(reasons(script(40_000), script(30_000, {}, 30))[0]).toMatch(/the load is not the same/);
  expect(reasons(script(40_000), script(0, { state: 'pending' }, 30))[0]).toMatch(/the load is not the same/);
});

const exited = (exitCode: number): Partial<ScenarioResult> => ({
  loadTotals: { ...loadTotals, exitCode },
});

test('a test that stops itself differs in length by nature, and that is said', () => {
  expect(reasons(script(31_000, exited(99), 180), script(44_000, exited(99), 180))[0]).toMatch(
    /stopped itself, so it lasted 31 s and then 44 s: lengths of such a test differ by nature/,
  );
  expect(reasons(script(31_000, exited(99), 180), script(32_000, exited(99), 180))).toEqual([]);
});

test('another script, or the same with other variables', () => {
  expect(reasons(script(40_000, { scenarioHash: 'a1' }), script(40_000, { scenarioHash: 'b2' }))[0]).toMatch(
    /the script changed: its files, its options or its load/,
  );
});
