import { expect, test } from 'vitest';
import type { ScriptCheck, ScriptThreshold } from '../../result.ts';
import { judge, loadTotals } from '../fixtures/judge.ts';

const check = (name: string, passes: number, fails: number, group = ''): ScriptCheck => ({
  name,
  group,
  passes,
  fails,
});
const threshold = (kept: boolean, samples: number): ScriptThreshold => ({
  metric: 'checks',
  expression: 'rate>0.9',
  kept,
  samples,
});

const judged = (checks: ScriptCheck[], thresholds: ScriptThreshold[] = [], value: number | null = null) => {
  const sum = (of: 'passes' | 'fails'): number => checks.reduce((total, one) => total + one[of], 0);
  const totals = { ...loadTotals, checks, thresholds, checksPassed: sum('passes'), checksFailed: sum('fails') };
  return judge(
    'script-checks',
    undefined,
    { loadTotals: totals },
    value === null ? null : { id: 'script-checks', value },
  );
};

test('checks that hold are met', () => {
  expect(judged([check('is 200', 6000, 0)])).toMatchObject({ verdict: 'pass', reason: '0 of 6,000 checks failed' });
});

test('one that fails fails the run, with its name, however many others hold', () => {
  const result = judged([check('transferred', 450, 0), check('no money was made or lost', 0, 1, '::audit')]);
  expect(result).toMatchObject({
    verdict: 'fail',
    title: "The script's own checks failed",
    reason: '"no money was made or lost" in ::audit failed 1 of 1 times',
  });
});

test("what the script's own threshold on checks allows is a warning, unless a check never held", () => {
  expect(judged([check('is 200', 990, 10)], [threshold(true, 1000)]).verdict).toBe('warn');
  expect(judged([check('is 200', 990, 10)], [threshold(false, 1000)]).verdict).toBe('fail');
  expect(judged([check('is 200', 990, 0), check('sum is right', 0, 1)], [threshold(true, 991)]).verdict).toBe('fail');
});

test('a share that is declared is the bound', () => {
  expect(judged([check('is 200', 990, 10)], [], 1).verdict).toBe('pass');
  expect(judged([check('is 200', 980, 20)], [], 1).verdict).toBe('fail');
});

test('no check made: nothing is known where the script sets a bound on them, else there is nothing to judge', () => {
  expect(judged([], [threshold(true, 0)])).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('no check was made'),
  });
  expect(judged([]).verdict).toBe('notApplicable');
});
