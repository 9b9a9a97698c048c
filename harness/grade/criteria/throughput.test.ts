import { expect, test } from 'vitest';
import { flat } from '../fixtures/shapes.ts';
import { durations, type Recorder } from '../fixtures/recorder.ts';
import { phase } from '../fixtures/healthy-run.ts';
import type { CriterionResult } from '../../result.ts';
import type { JobReference } from '../criterion.ts';
import { failedRequests, judge, steadyRequests } from '../fixtures/judge.ts';

/** Ten users for a quarter of an hour, so that 95 % can be told. */
const long = [phase('steady', 'steady', 5, 905)];
/** Twelve jobs for each of ten users a minute. */
const baseline: JobReference = {
  state: 'known',
  rate: { jobs: 1200, activeJobMinutes: 100, standardError: 10 },
  of: 'baseline.healthy.1',
};
const jobs =
  (perSecond: number, untilSecond = 905) =>
  (recorder: Recorder): void => {
    recorder.remove('pgsurge_jobs_done').remove('pgsurge_job_duration').remove('http_reqs');
    recorder.gauge('pgsurge_jobs_done', { phase: 'steady' }, flat(perSecond), untilSecond);
    recorder.histogram(
      'pgsurge_job_duration',
      { phase: 'steady' },
      (second) => durations(4, 5000, second),
      untilSecond,
    );
    recorder.gauge('http_reqs', steadyRequests, flat(20), untilSecond);
  };
const against = (perSecond: number, reference: JobReference, phases = long): CriterionResult =>
  judge('throughput', jobs(perSecond, phases.at(-1)!.endMs / 1000), { phases, reference });

test('jobs are held to those of the baseline of the same run, never to a chosen figure', () => {
  expect(against(2, baseline)).toMatchObject({
    verdict: 'pass',
    reason: expect.stringContaining('baseline.healthy.1'),
  });
  expect(against(1.7, baseline)).toMatchObject({ verdict: 'fail', value: expect.closeTo(85, 0) });
  expect(against(0, baseline).verdict).toBe('fail');
  const twice: JobReference = { ...baseline, rate: { ...baseline.rate, jobs: 2400 } };
  expect(against(2, twice)).toMatchObject({ verdict: 'fail', value: expect.closeTo(50, 0) });
});

test('what lies on both sides of the bound is not known, whichever side the figure is on', () => {
  expect(against(1.88, baseline)).toMatchObject({
    verdict: 'inconclusive',
    reason: expect.stringContaining('both sides'),
  });
  expect(against(1.92, baseline).verdict).toBe('inconclusive');
});

test('the baseline counts with its own uncertainty', () => {
  const coarse: JobReference = { ...baseline, rate: { ...baseline.rate, standardError: 120 } };
  expect(against(2, coarse)).toMatchObject({ verdict: 'pass', reason: expect.stringContaining('too few to tell') });
  expect(against(1.7, coarse).reason).toContain('too few to tell');
  expect(against(1, coarse).verdict).toBe('fail');
});

test('a row that is run alone is judged by its open part, and says so', () => {
  const alone: JobReference = { state: 'none', reason: 'no baseline in this run to compare with' };
  expect(against(0.1, alone)).toMatchObject({
    verdict: 'pass',
    value: 100,
    reason: expect.stringContaining('no baseline in this run'),
  });
  expect(against(2, { state: 'missed', reason: 'the baseline was not measured' }).verdict).toBe('inconclusive');
});

test('a stretch of seconds is too short for jobs, but not for a clear loss', () => {
  const short = [phase('steady', 'steady', 5, 13)];
  expect(against(1.6, baseline, short)).toMatchObject({
    verdict: 'pass',
    reason: expect.stringContaining('not judged'),
  });
  expect(against(0.1, baseline, short).verdict).toBe('fail');
});

test('requests that failed, were refused or never sent are not done', () => {
  expect(judge('throughput', failedRequests(5)).verdict).toBe('fail');
  expect(
    judge('throughput', (recorder) =>
      recorder.gauge('http_reqs', { phase: 'burst', kind: 'interactive', status: '429', outcome: 'refused' }, flat(3)),
    ).verdict,
  ).toBe('fail');
  expect(
    judge('throughput', (recorder) => recorder.gauge('dropped_iterations', { phase: 'steady' }, flat(5))).verdict,
  ).toBe('fail');
});

test('a starved generator says nothing of the service', () => {
  expect(
    judge('throughput', (recorder) =>
      recorder.gauge('dropped_iterations', { phase: 'steady' }, flat(5)).gauge('host.cpu_idle_share', {}, flat(0.02)),
    ).verdict,
  ).toBe('inconclusive');
});
