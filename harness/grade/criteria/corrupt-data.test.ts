import { describe, expect, test } from 'vitest';
import { phase } from '../fixtures/healthy-run.ts';
import { checkOf, judge, okChecks } from '../fixtures/judge.ts';
import type { CheckResult } from '../../result.ts';

test('one violation fails it, and one of another invariant does not', () => {
  const lost = [
    checkOf('acknowledged-writes', 'I1', { status: 'violated', violations: 1, examples: ['notes: note-7 is missing'] }),
    okChecks[2]!,
  ];
  expect(judge('corrupt-data', undefined, { checks: lost }).verdict).toBe('pass');
  const doubled = [okChecks[0]!, checkOf('task-effects', 'I4', { status: 'violated', violations: 3 })];
  expect(judge('corrupt-data', undefined, { checks: doubled })).toMatchObject({ verdict: 'fail', value: 3 });
});

test('one checker that broke leaves it unknown, unless another found something', () => {
  const broken = checkOf('jobs-end', 'I5', { status: 'inconclusive', reason: 'the checker broke: gone' });
  expect(judge('corrupt-data', undefined, { checks: [...okChecks, broken] })).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('gone'),
  });
  expect(
    judge('corrupt-data', undefined, {
      checks: [broken, checkOf('task-effects', 'I4', { status: 'violated', violations: 1 })],
    }).verdict,
  ).toBe('fail');
});

describe('a load without jobs', () => {
  const empty: CheckResult = {
    ...okChecks[0]!,
    id: 'jobs-end',
    invariant: 'I5',
    status: 'inconclusive',
    empty: true,
    examined: 0,
    reason: 'there was nothing to examine',
  };
  const withoutJobs = { phases: [phase('start-up', 'steady', 0, 60, 0)] };
  test('leaves empty tables of jobs out, and says so', () => {
    expect(judge('corrupt-data', undefined, { ...withoutJobs, checks: [okChecks[1]!, empty] })).toMatchObject({
      verdict: 'pass',
      measuredBy: expect.stringContaining('1 checkers of jobs are left out'),
    });
  });
  test('is one, too, whose users write notes', () => {
    const writers = { phases: [phase('writers', 'steady', 0, 60, 10)], checks: [okChecks[1]!, empty] };
    const load = { interactivePerSecond: 0, users: 'notes' } as const;
    expect(judge('corrupt-data', undefined, { ...writers, load }).verdict).toBe('pass');
    expect(judge('corrupt-data', undefined, writers).verdict).toBe('inconclusive');
  });
  test('does not excuse a checker that broke, nor one that found something, nor nothing at all', () => {
    expect(
      judge('corrupt-data', undefined, {
        ...withoutJobs,
        checks: [okChecks[1]!, { ...empty, empty: null, reason: 'the checker broke: gone' }],
      }).verdict,
    ).toBe('inconclusive');
    expect(
      judge('corrupt-data', undefined, {
        ...withoutJobs,
        checks: [okChecks[1]!, { ...empty, status: 'violated', violations: 1, empty: null }],
      }).verdict,
    ).toBe('fail');
    expect(judge('corrupt-data', undefined, { ...withoutJobs, checks: [empty] }).verdict).toBe('inconclusive');
  });
  test('with jobs offered, an empty table is unknown', () => {
    expect(judge('corrupt-data', undefined, { checks: [okChecks[1]!, empty] }).verdict).toBe('inconclusive');
  });
});
