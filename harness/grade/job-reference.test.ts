import { expect, test } from 'vitest';
import type { ScenarioResult } from '../result.ts';
import { jobReferenceOf } from './job-reference.ts';

const entryOf = (name: string, repeat: number, changed: Partial<ScenarioResult> = {}): ScenarioResult =>
  ({
    entry: `${name}.healthy.${repeat}`,
    name,
    group: 'matrix',
    variant: 'healthy',
    repeat,
    state: 'finished',
    phases: [{ name: 'steady', kind: 'steady', startMs: 0, endMs: 8000, fullSeconds: 8, activeJobs: 5 }],
    jobRate: { jobs: 100 * repeat, activeJobMinutes: 10, standardError: 3 },
    ...changed,
  }) as ScenarioResult;

test('a row is held to its own repeat of the baseline, else to all of them', () => {
  const run = [entryOf('baseline', 1), entryOf('baseline', 2), entryOf('2x', 2)];
  expect(jobReferenceOf(run[2]!, run)).toMatchObject({ of: 'baseline.healthy.2', rate: { jobs: 200 } });
  expect(jobReferenceOf(entryOf('2x', 3), run)).toMatchObject({
    of: 'baseline.healthy.1, baseline.healthy.2',
    rate: { jobs: 300, activeJobMinutes: 20, standardError: expect.closeTo(Math.sqrt(18), 5) },
  });
});

test('of two releases each has its own', () => {
  const run = [entryOf('baseline', 1, { release: 'base' }), entryOf('baseline', 1, { release: 'head' })];
  expect(jobReferenceOf(entryOf('2x', 1, { release: 'head' }), run.slice(0, 1))).toMatchObject({ state: 'none' });
  expect(jobReferenceOf(entryOf('2x', 1, { release: 'head' }), run)).toMatchObject({ state: 'known' });
});

test('run alone, the baseline itself, and a burst have none; one that was not measured is missed', () => {
  expect(jobReferenceOf(entryOf('2x', 1), [entryOf('2x', 1)])).toMatchObject({
    state: 'none',
    reason: expect.stringContaining('pgsurge run baseline 2x'),
  });
  expect(jobReferenceOf(entryOf('baseline', 1), [])).toMatchObject({ state: 'none' });
  const burst = entryOf('burst', 1);
  burst.phases[0]!.kind = 'burst';
  expect(jobReferenceOf(burst, [entryOf('baseline', 1)])).toMatchObject({ state: 'none' });
  const failed = entryOf('baseline', 1, { state: 'failed' });
  expect(jobReferenceOf(entryOf('2x', 1), [failed])).toMatchObject({ state: 'missed' });
});
